import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createNetServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "../server/server.ts";
import { certificate, privateKey } from "../testing/certificate.ts";
import { buildFrame } from "../testing/frames.ts";
import { cleanUp, cleanUpAll, dial, failure, listen, listenHttp } from "../testing/sockets.ts";
import { WebSocket } from "../socket/websocket.ts";

afterEach(cleanUpAll);

describe("the client's handshake", () => {
  /** A server that answers every upgrade with these bytes, and tells what was asked. */
  async function answering(answer: (key: string) => string | Buffer): Promise<string> {
    const server = createNetServer((socket: Socket) => {
      socket.on("error", () => {});
      socket.once("data", (request: Buffer) => {
        const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1] ?? "";
        socket.write(answer(key));
      });
      cleanUp.push(() => socket.destroy());
    });
    cleanUp.push(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const accepting = async (key: string, ...lines: string[]): Promise<string> => {
    const { acceptKey } = await import("./accept.ts");
    return [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptKey(key)}`,
      ...lines,
      "",
      "",
    ].join("\r\n");
  };

  it("sends what RFC 6455, section 4.1, asks for", async () => {
    const { server, url } = await listen();
    const asked = once(server, "connection");
    dial(`${url}/path?q=1`, ["a", "b"], { origin: "http://there", headers: { "X-One": "1" } });
    const [, request] = (await asked) as [
      unknown,
      { url: string; headers: Record<string, string> },
    ];
    expect(request.url).toBe("/path?q=1");
    expect(request.headers).toMatchObject({
      host: url.slice(5),
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
      "sec-websocket-protocol": "a,b",
      origin: "http://there",
      "x-one": "1",
    });
    expect(Buffer.from(request.headers["sec-websocket-key"] as string, "base64").length).toBe(16);
  });

  it("sends the credentials of the URL or of the options", async () => {
    const { server, url } = await listen();
    for (const [address, options] of [
      [url.replace("ws://", "ws://me:secret@"), {}],
      [url, { auth: "me:secret" }],
    ] as const) {
      const asked = once(server, "connection");
      dial(address, undefined, options);
      const [, request] = (await asked) as [unknown, { headers: Record<string, string> }];
      expect(request.headers["authorization"]).toBe(
        `Basic ${Buffer.from("me:secret").toString("base64")}`,
      );
    }
  });

  it("reads frames that came with the answer", async () => {
    const { acceptKey } = await import("./accept.ts");
    const url = await answering((key) =>
      Buffer.concat([
        Buffer.from(
          `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
        ),
        buildFrame({ opcode: 1, payload: "early" }),
      ]),
    );
    const client = dial(url);
    expect(String((await once(client, "message"))[0])).toBe("early");
  });

  it.each([
    [
      "an answer other than 101",
      () => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
      /response: 403/,
    ],
    [
      "a wrong accept key",
      () =>
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
      /Accept/,
    ],
    [
      "another upgrade",
      () => "HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      /Upgrade header/,
    ],
    ["no HTTP", () => "hello\r\n\r\n", /./],
  ])("fails at %s", async (_, answer, says) => {
    expect((await failure(dial(await answering(answer)))).message).toMatch(says);
  });

  it.each([
    ["an extension that was not offered", [], ["Sec-WebSocket-Extensions: foo"], /extension/],
    ["a protocol that was not offered", ["a"], ["Sec-WebSocket-Protocol: b"], /not offered/],
    ["no protocol where some were offered", ["a"], [], /no subprotocol/],
  ])("fails at %s", async (_, protocols, lines, says) => {
    const server = createServer();
    const address = await listenHttp(server);
    server.on("upgrade", (request, socket) => {
      void accepting(request.headers["sec-websocket-key"] as string, ...lines).then((answer) =>
        socket.write(answer),
      );
    });
    expect((await failure(dial(`ws://${address}`, protocols))).message).toMatch(says);
  });

  it("fails when nothing listens, and when the answer takes too long", async () => {
    expect(await failure(dial("ws://127.0.0.1:1"))).toMatchObject({ code: "ECONNREFUSED" });
    const silent = await answering(() => "");
    expect(await failure(dial(silent, undefined, { handshakeTimeout: 30 }))).toMatchObject({
      code: "WS_HANDSHAKE_TIMEOUT",
    });
  });

  it("leaves an unexpected response to those who listen", async () => {
    const address = await listenHttp(createServer((_, response) => response.writeHead(418).end()));
    const client = dial(`ws://${address}`);
    const [request, response] = (await once(client, "unexpected-response")) as [
      { destroy(): void },
      { statusCode: number },
    ];
    expect(response.statusCode).toBe(418);
    expect(client.readyState).toBe(WebSocket.CONNECTING);
    request.destroy();
  });

  it("throws at addresses and protocols that are none", () => {
    expect(() => new WebSocket("nonsense")).toThrow(SyntaxError);
    expect(() => new WebSocket("ws://127.0.0.1/#x")).toThrow(SyntaxError);
    expect(() => new WebSocket("ws://127.0.0.1", ["a", "a"])).toThrow(SyntaxError);
  });

  it("connects over a unix socket, and by createConnection", async () => {
    const { createConnection } = await import("node:net");
    const path = join(tmpdir(), `hawser-${process.pid}-${Date.now()}.sock`);
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    server.on("connection", (socket, request) => socket.send(request.url ?? ""));
    await listenHttp(http, path);
    const client = dial(`ws+unix:${path}:/here`);
    expect(String((await once(client, "message"))[0])).toBe("/here");
    const second = dial("ws://example.invalid/there", undefined, {
      createConnection: () => createConnection(path),
    });
    expect(String((await once(second, "message"))[0])).toBe("/there");
    client.close();
    second.close();
    await Promise.all([once(client, "close"), once(second, "close")]);
  });

  it("lets finishRequest send the request", async () => {
    const { server, url } = await listen();
    const asked = once(server, "connection");
    const client = dial(url, undefined, {
      finishRequest: (request, socket) => {
        expect(socket.readyState).toBe(WebSocket.CONNECTING);
        request.setHeader("X-Late", "yes");
        request.end();
      },
    });
    const [, request] = (await asked) as [unknown, { headers: Record<string, string> }];
    expect(request.headers["x-late"]).toBe("yes");
    await once(client, "open");
  });
});

describe("TLS", () => {
  async function secure(): Promise<string> {
    const https = createTlsServer({ cert: certificate, key: privateKey });
    const server = new WebSocketServer({ server: https });
    server.on("connection", (socket) =>
      socket.on("message", (data) => socket.send(data as Buffer, { binary: false })),
    );
    return `wss://${await listenHttp(https)}`;
  }

  it("is verified by default, and works where the certificate is trusted", async () => {
    const url = await secure();
    expect(await failure(dial(url))).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    for (const options of [{ ca: certificate }, { rejectUnauthorized: false }]) {
      const client = dial(url, undefined, options);
      await once(client, "open");
      const text = "secret ".repeat(10_000);
      client.send(text);
      expect(String((await once(client, "message"))[0])).toBe(text);
      client.close();
      expect((await once(client, "close"))[0]).toBe(1005);
    }
  });
});

describe("redirects", () => {
  async function redirecting(
    status: number,
    location: () => string,
    seen: object[] = [],
  ): Promise<string> {
    const server = createServer();
    server.on("upgrade", (request, socket) => {
      seen.push(request.headers);
      socket.end(
        `HTTP/1.1 ${status} Moved\r\nLocation: ${location()}\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    return `ws://${await listenHttp(server)}`;
  }

  it("are followed where that is asked for, and told of", async () => {
    const { url } = await listen();
    const start = await redirecting(302, () => `${url}/target`);
    const client = dial(start, undefined, { followRedirects: true });
    const told: string[] = [];
    client.on("redirect", (to) => told.push(to));
    await once(client, "open");
    expect(told).toEqual([`${url}/target`]);
    expect(client.url).toBe(`${url}/target`);
    expect((await failure(dial(start))).message).toMatch(/response: 302/);
  });

  it("end after a number of them", async () => {
    const start = await redirecting(307, () => "/again");
    const error = await failure(dial(start, undefined, { followRedirects: true, maxRedirects: 3 }));
    expect(error).toMatchObject({ code: "WS_REDIRECTS" });
  });

  it("to nowhere fail", async () => {
    const start = await redirecting(301, () => "ftp://example.org/");
    expect(await failure(dial(start, undefined, { followRedirects: true }))).toBeInstanceOf(
      SyntaxError,
    );
  });

  it("lose their credentials when they lead to another host, for good; on the same host they keep them", async () => {
    const credentials = {
      headers: { Authorization: "token", Cookie: "a=b", "X-Other": "1" },
      auth: "me:secret",
    };
    const seen: Record<string, string>[] = [];
    const { server, url } = await listen();
    server.on("connection", (_, request) => seen.push(request.headers as Record<string, string>));
    // From A to B, which is another host, and back to A.
    let back = "";
    const other = await redirecting(302, () => back, seen);
    const start = createServer();
    start.on("upgrade", (request, socket) => {
      seen.push(request.headers as Record<string, string>);
      const to = request.url === "/" ? "/same-host" : request.url === "/same-host" ? other : url;
      socket.end(`HTTP/1.1 302 Moved\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`);
    });
    const address = `ws://${await listenHttp(start)}`;
    back = `${address}/back`;
    await once(dial(address, undefined, { followRedirects: true, ...credentials }), "open");
    const carried = seen.map((headers) => [
      headers["authorization"] !== undefined,
      headers["cookie"],
      headers["x-other"],
    ]);
    expect(carried).toEqual([
      [true, "a=b", "1"],
      [true, "a=b", "1"],
      [false, undefined, "1"],
      [false, undefined, "1"],
      [false, undefined, "1"],
    ]);
  });
});
