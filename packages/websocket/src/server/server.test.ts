import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientInfo, ServerOptions } from "../options.ts";
import { WebSocketServer } from "./server.ts";
import { readAll, upgradeRequest } from "../testing/servers.ts";
import { WebSocket } from "../socket/websocket.ts";

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUp.splice(0)) clean();
});

async function listen(
  options: Partial<ServerOptions> = {},
): Promise<{ server: WebSocketServer; port: number; url: string }> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  cleanUp.push(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `ws://127.0.0.1:${port}` };
}

function dial(url: string, protocols?: string[]): WebSocket {
  const socket = new WebSocket(url, protocols);
  cleanUp.push(() => socket.terminate());
  return socket;
}

/** Sends a raw request and returns the whole answer. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  return (await readAll(socket)).toString();
}

describe("options", () => {
  it("exactly one of port, server and noServer", () => {
    for (const options of [{}, { port: 0, noServer: true }, { server: createServer(), port: 0 }]) {
      expect(() => new WebSocketServer(options)).toThrow(/exactly one/);
    }
  });

  it("path decides what is handled", async () => {
    const { port, url } = await listen({ path: "/chat" });
    await once(dial(`${url}/chat?token=1`), "open");
    expect(await ask(port, upgradeRequest({}, "GET /other HTTP/1.1"))).toMatch(/^HTTP\/1.1 400 /);
  });

  it("shouldHandle may be replaced", async () => {
    const { server, url, port } = await listen();
    server.shouldHandle = (request) => request.url === "/mine";
    await once(dial(`${url}/mine`), "open");
    expect(await ask(port, upgradeRequest())).toMatch(/^HTTP\/1.1 400 /);
  });

  it("handleProtocols chooses, or the first that is offered", async () => {
    const first = dial((await listen()).url, ["a", "b"]);
    await once(first, "open");
    expect(first.protocol).toBe("a");
    const offered: string[][] = [];
    const { url, port } = await listen({
      handleProtocols: (protocols) => {
        offered.push([...protocols]);
        return protocols.has("b") ? "b" : false;
      },
    });
    const second = dial(url, ["a", "b"]);
    await once(second, "open");
    expect(second.protocol).toBe("b");
    expect(offered).toEqual([["a", "b"]]);
    const socket = connect(port, "127.0.0.1");
    cleanUp.push(() => socket.destroy());
    socket.write(upgradeRequest({ "Sec-WebSocket-Protocol": "c" }));
    expect(String((await once(socket, "data"))[0])).not.toMatch(/Protocol:/);
  });

  it("verifyClient admits by its result", async () => {
    const infos: unknown[] = [];
    const { url, port } = await listen({
      verifyClient: (info: ClientInfo) => {
        infos.push([info.origin, info.secure, info.req.url]);
        return info.origin === "http://good";
      },
    });
    expect(await ask(port, upgradeRequest({ Origin: "http://bad" }))).toMatch(/^HTTP\/1.1 401 /);
    const good = new WebSocket(url, { origin: "http://good" });
    cleanUp.push(() => good.terminate());
    await once(good, "open");
    expect(infos).toEqual([
      ["http://bad", false, "/"],
      ["http://good", false, "/"],
    ]);
  });

  it("verifyClient admits by its answer, later", async () => {
    const { url, port } = await listen({
      verifyClient: (info, answer) => {
        setImmediate(() => {
          if (info.req.url === "/good") answer(true);
          else answer(false, 429, "slow down", { "Retry-After": 5 });
        });
      },
    });
    await once(dial(`${url}/good`), "open");
    const answer = await ask(port, upgradeRequest());
    expect(answer).toMatch(/^HTTP\/1.1 429 Too Many Requests\r\n/);
    expect(answer).toMatch(/\r\nRetry-After: 5\r\n/);
    expect(answer).toMatch(/\r\n\r\nslow down$/);
  });

  it("a client that is gone before verifyClient answers is nothing to worry about", async () => {
    let answerLate: ((admitted: boolean) => void) | undefined;
    let gone: Promise<unknown> | undefined;
    const { server, port } = await listen({
      verifyClient: (info, answer) => {
        answerLate = answer;
        gone = new Promise((resolve) => info.req.socket.once("close", resolve));
        socket.resetAndDestroy();
      },
    });
    server.on("connection", () => expect.unreachable());
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(upgradeRequest());
    await once(socket, "close");
    await gone;
    answerLate?.(true);
  });

  it("the class of the sockets may be another", async () => {
    class Mine extends WebSocket {
      readonly mine = true;
    }
    const { server, url } = await listen({ WebSocket: Mine });
    const accepted = once(server, "connection");
    dial(url);
    expect((await accepted)[0]).toBeInstanceOf(Mine);
  });
});

describe("events", () => {
  it("headers shows the lines of the answer and lets them be changed", async () => {
    const { server, port } = await listen();
    server.on("headers", (lines, request) => lines.push(`X-Url: ${request.url}`));
    const socket = connect(port, "127.0.0.1");
    cleanUp.push(() => socket.destroy());
    socket.write(upgradeRequest({}, "GET /here HTTP/1.1"));
    expect(String((await once(socket, "data"))[0])).toMatch(/\r\nX-Url: \/here\r\n\r\n$/);
  });

  it("wsClientError takes a wrong handshake over", async () => {
    const { server, port } = await listen();
    server.on("wsClientError", (error, socket, request) => {
      socket.end(`HTTP/1.1 418 x\r\n\r\n${(error as { code?: string }).code} ${request.url}`);
    });
    expect(await ask(port, upgradeRequest({ "Sec-WebSocket-Key": "" }))).toMatch(
      /^HTTP\/1.1 418 x\r\n\r\nWS_HANDSHAKE_KEY \/$/,
    );
  });

  it("listening and error are those of the HTTP server", async () => {
    const { port } = await listen();
    const second = new WebSocketServer({ port, host: "127.0.0.1" });
    expect((await once(second, "error"))[0]).toMatchObject({ code: "EADDRINUSE" });
    const heard = await new Promise<boolean>((resolve) => {
      const third = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => resolve(true));
      cleanUp.push(() => third.close());
    });
    expect(heard).toBe(true);
  });
});

describe("plain HTTP", () => {
  it("gets 426 on a port of its own", async () => {
    const { port } = await listen();
    for (const method of ["GET", "POST"]) {
      const request = httpRequest({ port, host: "127.0.0.1", method, agent: false });
      request.end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      expect([response.statusCode, response.headers.upgrade]).toEqual([426, "websocket"]);
      response.resume();
    }
  });

  it("is left to the server that was given", async () => {
    const http = createServer((_, response) => response.end("a page"));
    const server = new WebSocketServer({ server: http });
    http.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUp.push(() => {
      http.close();
      http.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("a page");
    const client = dial(`ws://127.0.0.1:${port}`);
    await once(client, "open");
    client.close();
    await once(client, "close");
  });
});

describe("noServer", () => {
  it("takes upgrades by hand, each once", async () => {
    const http = createServer();
    const server = new WebSocketServer({ noServer: true, clientTracking: false });
    expect(server.clients).toBeUndefined();
    expect(() => server.address()).toThrow(/noServer/);
    const thrown: unknown[] = [];
    http.on("upgrade", (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (webSocket, original) => {
        webSocket.send(`${original === request}`);
        try {
          server.handleUpgrade(request, socket, head, () => {});
        } catch (error) {
          thrown.push((error as Error).message);
        }
      });
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    cleanUp.push(() => {
      http.close();
      http.closeAllConnections();
    });
    const client = dial(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    expect(String((await once(client, "message"))[0])).toBe("true");
    expect(thrown).toEqual([expect.stringMatching(/already upgraded/)]);
    client.close();
    await once(client, "close");
  });
});

describe("close", () => {
  it("waits for the clients, which it leaves alone", async () => {
    const { server, url } = await listen();
    const client = dial(url);
    await once(client, "open");
    const order: string[] = [];
    client.on("close", () => order.push("client"));
    server.on("close", () => order.push("server"));
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    expect(server.clients?.size).toBe(1);
    client.send("still here");
    await once([...(server.clients ?? [])][0] as WebSocket, "message");
    client.close();
    await closed;
    expect(order).toContain("server");
    expect(server.clients?.size).toBe(0);
    const error = await new Promise((resolve) => server.close(resolve));
    expect(error).toMatchObject({ code: "WS_NOT_OPEN" });
  });

  it("answers handshakes that are on the way with 503", async () => {
    const { server, port } = await listen();
    const socket = connect(port, "127.0.0.1");
    const [start, rest] = [upgradeRequest().slice(0, 30), upgradeRequest().slice(30)];
    socket.write(start);
    // The request has begun when its first bytes were read.
    const http = server["server"];
    await once(http as unknown as NodeJS.EventEmitter, "connection");
    server.close();
    socket.write(rest);
    expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1.1 503 /);
  });

  it("takes its hands off a server that was given", async () => {
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    http.listen(0, "127.0.0.1");
    await once(server, "listening");
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(http.listening).toBe(true);
    expect(http.listenerCount("upgrade")).toBe(0);
    http.close();
  });

  it("closes in noServer mode, where later upgrades get 503", async () => {
    const server = new WebSocketServer({ noServer: true });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const http = createServer();
    http.on("upgrade", (request, socket, head) =>
      server.handleUpgrade(request, socket, head, () => expect.unreachable()),
    );
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    expect(await ask((http.address() as AddressInfo).port, upgradeRequest())).toMatch(
      /^HTTP\/1.1 503 /,
    );
    http.close();
  });
});
