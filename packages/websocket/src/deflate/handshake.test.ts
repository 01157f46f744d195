import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketError } from "../errors.ts";
import { acceptKey } from "../handshake/accept.ts";
import { prepare } from "../socket/prepared.ts";
import { WebSocketServer } from "../server/server.ts";
import {
  cleanUpAll,
  closing,
  dial,
  failure,
  listen,
  listenHttp,
  pair,
} from "../testing/sockets.ts";
import { WebSocket } from "../socket/websocket.ts";
import { zlibQueue } from "./zlib-queue.ts";

afterEach(cleanUpAll);

/** A server that answers every handshake with these lines, and says what was offered. */
async function answering(lines: string[]): Promise<{ url: string; offered: string[] }> {
  const offered: string[] = [];
  const http = createServer().on("upgrade", (request, socket) => {
    offered.push(request.headers["sec-websocket-extensions"] ?? "nothing");
    const key = acceptKey(request.headers["sec-websocket-key"] as string);
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${key}`, ...lines].join("\r\n")}\r\n\r\n`);
    socket.on("error", () => {});
    socket.resume();
  });
  return { url: `ws://${await listenHttp(http)}`, offered };
}

describe("a client", () => {
  it("offers to compress, unless it is told not to", async () => {
    const { url, offered } = await answering([]);
    await once(dial(url), "open");
    await once(dial(url, undefined, { perMessageDeflate: false }), "open");
    await once(dial(url, undefined, { perMessageDeflate: { shared: true } }), "open");
    expect(offered).toEqual([
      "permessage-deflate; client_max_window_bits",
      "nothing",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
    ]);
  });

  it.each([
    ["permessage-deflate; server_max_window_bits=16", "is not an integer from 8 to 15"],
    ["permessage-deflate; foo", "foo is not a parameter"],
    ["permessage-bzip2", "was not offered"],
    ["permessage-deflate, permessage-deflate", "more than one"],
    ["permessage-deflate;", "malformed"],
  ])("fails when the server answers %s", async (answer, reason) => {
    const { url } = await answering([`Sec-WebSocket-Extensions: ${answer}`]);
    const error = await failure(dial(url));
    expect(error).toBeInstanceOf(WebSocketError);
    expect((error as WebSocketError).code).toBe("WS_HANDSHAKE_RESPONSE");
    expect(error.message).toContain(reason);
  });

  it("fails when the server compresses though nothing was offered", async () => {
    const { url } = await answering(["Sec-WebSocket-Extensions: permessage-deflate"]);
    const error = await failure(dial(url, undefined, { perMessageDeflate: false }));
    expect(error.message).toContain("not offered");
  });

  it("throws at a wrong option at once", () => {
    const options = { perMessageDeflate: { clientMaxWindowBits: 7 } };
    expect(() => new WebSocket("ws://127.0.0.1", undefined, options)).toThrow(
      "perMessageDeflate.clientMaxWindowBits must be an integer from 8 to 15",
    );
  });
});

describe("a server", () => {
  it("does not compress by default (nodejs/node #8871, ws #1202)", async () => {
    const { client, peer } = await pair();
    expect([client.extensions, peer.extensions]).toEqual(["", ""]);
  });

  it("throws at a wrong option at once", () => {
    expect(
      () => new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: -1 } }),
    ).toThrow("perMessageDeflate.threshold must be a number from 0 on, not -1");
  });

  it("says what was agreed on", async () => {
    const { client, peer } = await pair({ perMessageDeflate: true });
    expect([client.extensions, peer.extensions]).toEqual([
      "permessage-deflate",
      "permessage-deflate",
    ]);
  });
});

describe("a message for many", () => {
  const long = "to all of them, ".repeat(4_000);

  it("is compressed once: published, prepared, or sent to each in a loop", async () => {
    const { server, url } = await listen({ perMessageDeflate: { shared: true } });
    const heard: string[] = [];
    const clients = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = dial(url);
        client.on("message", (data) => heard.push((data as Buffer).toString()));
        await once(client, "open");
        return client;
      }),
    );
    while ((server.clients.size ?? 0) < 8) await new Promise((resolve) => setImmediate(resolve));
    const jobs = zlibQueue.started;
    server.publish(long);
    for (const socket of server.clients) socket.send(long);
    const prepared = prepare(long);
    for (const socket of server.clients) socket.send(prepared);
    for (const socket of server.clients) socket.close();
    await Promise.all(clients.map(closing));
    expect(heard).toHaveLength(24);
    expect(heard.every((text) => text === long)).toBe(true);
    // Each client inflates its three; on the server one job compresses each kind.
    expect(zlibQueue.started - jobs).toBe(24 + 3);
  });
});
