import { once } from "node:events";
import { IncomingMessage, createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { TestEngine } from "../testing/engine.ts";
import { RawLine, upgradeHead } from "../testing/raw-http.ts";
import { SavedRequest } from "./saved-request.ts";

describe("SavedRequest", () => {
  it("gives back what people read of a request", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const line = new RawLine((server.address() as { port: number }).port);
    line.write(
      "GET /engine.io/?EIO=4&token=a%20b HTTP/1.1\r\nHost: a\r\nCookie: x=1\r\nCookie: y=2\r\n" +
        "X-Many: 1\r\nX-Many: 2\r\nX-Umlaut: \u00fc\r\n\r\n",
    );
    const [request] = (await once(server, "request")) as [IncomingMessage];
    const restored = SavedRequest.from(request)?.restore(request.socket) as IncomingMessage;
    expect(restored).toBeInstanceOf(IncomingMessage);
    expect(restored.headers).toEqual(request.headers);
    expect(restored.headers["cookie"]).toBe("x=1; y=2");
    expect([restored.method, restored.url, restored.httpVersion]).toEqual([
      "GET",
      "/engine.io/?EIO=4&token=a%20b",
      "1.1",
    ]);
    expect(restored.socket).toBe(request.socket);
    expect(restored.socket.remoteAddress).toBe("127.0.0.1");
    expect({ ...(restored as unknown as { _query: object })._query }).toEqual({
      EIO: "4",
      token: "a b",
    });
    expect(restored.rawHeaders.slice(0, 2)).toEqual(["host", "a"]);
    expect(restored.rawHeaders).toHaveLength(8);
    line.socket.destroy();
    server.close();
  });

  it("is right for many clients, whatever they have in common", () => {
    const socket = new Socket();
    const restored = Array.from({ length: 2_000 }, (_, index) => {
      const request = new IncomingMessage(socket);
      request.headers = { host: "a", "user-agent": `agent ${index % 300}`, cookie: `c=${index}` };
      Object.assign(request, { method: "GET", httpVersion: "1.1", url: `/?t=${index}` });
      return SavedRequest.from(request);
    }).map((saved) => saved?.restore(socket));
    for (const [index, request] of restored.entries()) {
      expect(request?.url).toBe(`/?t=${index}`);
      expect(request?.headers).toEqual({
        host: "a",
        "user-agent": `agent ${index % 300}`,
        cookie: `c=${index}`,
      });
    }
  });

  it("is one object for all clients that send the same", () => {
    const save = (headers: IncomingHttpHeaders, url = "/engine.io/?EIO=4"): unknown => {
      const request = new IncomingMessage(new Socket());
      request.headers = headers;
      Object.assign(request, { method: "GET", httpVersion: "1.1", url });
      return SavedRequest.from(request);
    };
    const saved = save({ host: "a", "sec-websocket-key": "one" });
    expect(save({ host: "a", "sec-websocket-key": "two" })).toBe(saved);
    expect(save({ host: "a", cookie: "x" })).not.toBe(saved);
    expect(save({ host: "a" }, "/engine.io/?EIO=4&t=1")).not.toBe(saved);
    expect(save({ host: "a", "set-cookie": ["x"] })).toBeUndefined();
  });

  it("leaves a class of the user's alone", () => {
    class OwnRequest extends IncomingMessage {}
    expect(SavedRequest.from(new OwnRequest(new Socket()))).toBeUndefined();
  });
});

describe("connection.request", () => {
  const path = "/engine.io/?EIO=4&transport=websocket&a=1";

  it("is the first request, whenever it is looked at, and the same each time", async () => {
    const test = await TestEngine.start();
    const line = new RawLine(test.port);
    line.write(upgradeHead(path, { "X-Token": "abc" }));
    await line.until("pingInterval");
    const { connection } = test.last;
    const { request } = connection;
    expect(request.url).toBe(path);
    expect(request.headers["x-token"]).toBe("abc");
    expect(connection.request).toBe(request);
    line.socket.destroy();
  });

  it("keeps what a middleware has left on it", async () => {
    const test = await TestEngine.start();
    test.engine.use((request, _response, next) => {
      Object.assign(request, { user: "jo" });
      next();
    });
    await test.handshake();
    expect(test.last.connection.request).toHaveProperty("user", "jo");
  });

  it("keeps what a listener for the connection has left on it", async () => {
    const test = await TestEngine.start();
    test.engine.on("connection", ({ request }) => Object.assign(request, { user: "jo" }));
    await test.handshake();
    expect(test.last.connection.request).toHaveProperty("user", "jo");
  });
});
