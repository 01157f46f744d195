import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { masked } from "../testing/frames.ts";
import { readAll, readBytes, readHead, serve, upgradeRequest } from "../testing/servers.ts";
import type { TestServer } from "../testing/servers.ts";
import { acceptKey } from "./accept.ts";
import { refuseUpgrade } from "./refuse.ts";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Sends a request and returns all that is answered. */
async function ask(request: string): Promise<string> {
  server ??= await serve();
  const socket = connect(server.port, "127.0.0.1");
  socket.write(request);
  return (await readAll(socket)).toString();
}

describe("the server's handshake (RFC 6455, section 4.2)", () => {
  it("computes the accept key of the RFC's example", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("answers with 101, its headers and the protocol", async () => {
    server = await serve({ protocol: "chat", headers: ["Set-Cookie: a=b", "X-One: 1"] });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(upgradeRequest({ Upgrade: "WebSocket", "Sec-WebSocket-Protocol": "chat" }));
    expect((await readHead(socket)).split("\r\n")).toEqual([
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "Sec-WebSocket-Protocol: chat",
      "Set-Cookie: a=b",
      "X-One: 1",
    ]);
    socket.destroy();
  });

  it("sends the answer and what comes first in one write", async () => {
    server = await serve({}, (connection) => connection.sendText("welcome"));
    const writes: number[] = [];
    server.http.prependListener("upgrade", (_, socket) => {
      const write = socket.write.bind(socket) as (chunk: Buffer) => boolean;
      socket.write = ((chunk: Buffer) => {
        writes.push(chunk.length);
        return write(chunk);
      }) as typeof socket.write;
    });
    const { socket } = await server.dial();
    expect(await readBytes(socket, 9)).toEqual(Buffer.from("\x81\x07welcome", "latin1"));
    expect(writes.length).toBe(1);
  });

  it("declines every extension", async () => {
    server = await serve();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      upgradeRequest({ "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" }),
    );
    expect(await readHead(socket)).not.toMatch(/extensions/i);
    socket.destroy();
  });

  it("reads frames that came with the request", async () => {
    server = await serve();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      Buffer.concat([Buffer.from(upgradeRequest()), masked({ opcode: 1, payload: "early" })]),
    );
    await readHead(socket);
    const [ears] = server.ears;
    await ears?.until(() => ears.messages.length === 1);
    expect(ears?.messages).toEqual(["early"]);
    socket.destroy();
  });

  it.each([
    ["another method", upgradeRequest({}, "POST / HTTP/1.1"), 405, /\r\nAllow: GET\r\n/],
    ["another protocol", upgradeRequest({ Upgrade: "h2c" }), 400, /Upgrade header/],
    ["no key", upgradeRequest({ "Sec-WebSocket-Key": "" }), 400, /Sec-WebSocket-Key/],
    [
      "a key that is no base64 of 16 bytes",
      upgradeRequest({ "Sec-WebSocket-Key": "abc=" }),
      400,
      /Sec-WebSocket-Key/,
    ],
    [
      "no version",
      upgradeRequest({ "Sec-WebSocket-Version": "" }),
      400,
      /\r\nSec-WebSocket-Version: 13, 8\r\n/,
    ],
    [
      "another version",
      upgradeRequest({ "Sec-WebSocket-Version": "14" }),
      400,
      /\r\nSec-WebSocket-Version: 13, 8\r\n/,
    ],
    [
      "a wrong protocol header",
      upgradeRequest({ "Sec-WebSocket-Protocol": "a,,b" }),
      400,
      /Protocol/,
    ],
    [
      "a wrong extensions header",
      upgradeRequest({ "Sec-WebSocket-Extensions": "a;;" }),
      400,
      /Extensions/,
    ],
  ])("refuses %s", async (_, request, status, says) => {
    const answer = await ask(request);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer).toMatch(says);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
  });

  it("accepts version 8", async () => {
    server = await serve();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(upgradeRequest({ "Sec-WebSocket-Version": "8" }));
    expect(await readHead(socket)).toMatch(/^HTTP\/1.1 101 /);
    socket.destroy();
  });

  it("throws at a developer's header that would break out of its line", async () => {
    const thrown: unknown[] = [];
    server = await serve();
    server.http.removeAllListeners("upgrade");
    server.http.on("upgrade", (request, socket) => {
      void import("./accept.ts").then(({ acceptUpgrade }) => {
        for (const options of [{ headers: ["X: a\r\nY: b"] }, { protocol: "a\r\nb" }]) {
          try {
            acceptUpgrade(request, socket, Buffer.alloc(0), options, {
              onMessage() {},
              onClose() {},
            });
          } catch (error) {
            thrown.push((error as { code?: string }).code);
          }
        }
        refuseUpgrade(socket, 500);
      });
    });
    await ask(upgradeRequest());
    expect(thrown).toEqual(["WS_ARGUMENT", "WS_ARGUMENT"]);
  });
});

describe("refuseUpgrade", () => {
  it("answers with the body and the headers it is given, and leaves out those that would break out", async () => {
    server = await serve();
    server.http.removeAllListeners("upgrade");
    server.http.on("upgrade", (_, socket) =>
      refuseUpgrade(socket, 403, '{"code":4}', [
        "Content-Type: application/json",
        "X: a\r\nEvil: 1",
      ]),
    );
    const answer = await ask(upgradeRequest());
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toMatch(
      /\r\nContent-Length: 10\r\nContent-Type: application\/json\r\n\r\n\{"code":4\}$/,
    );
    expect(answer).not.toMatch(/Evil/);
  });

  it("survives a peer that is gone", async () => {
    server = await serve();
    server.http.removeAllListeners("upgrade");
    const refused = new Promise<void>((resolve) => {
      server?.http.on("upgrade", (_, socket) => {
        socket.once("close", () => {
          refuseUpgrade(socket, 400);
          socket.emit("error", new Error("late"));
          resolve();
        });
        peer.resetAndDestroy();
        refuseUpgrade(socket, 400);
      });
    });
    const peer = connect(server.port, "127.0.0.1");
    peer.write(upgradeRequest());
    await refused;
    await once(peer, "close");
  });
});
