import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import express from "express";
import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { TimingWheel } from "@hawser/websocket/internal";
import { TestEngine, afterTest, listenLocally } from "../testing/engine.ts";
import { RawLine, send, upgradeHead } from "../testing/raw-http.ts";
import { certificate } from "../testing/certificate.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { isUnderPath, servedPath } from "./attach.ts";
import { EngineServer } from "./server.ts";

const other: RequestListener = (request, response) => {
  response.end(`other ${request.url}`);
};

describe("servedPath and isUnderPath", () => {
  it("put one slash at the end, or none", () => {
    expect(servedPath("/engine.io", true)).toBe("/engine.io/");
    expect(servedPath("/engine.io/", true)).toBe("/engine.io/");
    expect(servedPath("/engine.io/", false)).toBe("/engine.io");
    expect(servedPath("/", true)).toBe("/");
  });

  const cases: [url: string | undefined, path: string, under: boolean][] = [
    ["/engine.io/?EIO=4", "/engine.io/", true],
    ["/engine.io/default/?EIO=4", "/engine.io/", true],
    ["/engine.io?EIO=4", "/engine.io/", false],
    ["/engine.iox/", "/engine.io/", false],
    ["/other", "/engine.io/", false],
    [undefined, "/engine.io/", false],
    ["/engine.io?EIO=4", "/engine.io", true],
    ["/engine.io/?EIO=4", "/engine.io", true],
    ["/engine.io", "/engine.io", true],
    ["/engine.iox?EIO=4", "/engine.io", false],
    ["/anything", "/", true],
  ];
  for (const [url, path, under] of cases) {
    it(`${under ? "take" : "leave"} ${url} at ${path}`, () => {
      expect(isUnderPath(url, path)).toBe(under);
    });
  }
});

describe("attach", () => {
  it("leaves other requests to the listeners that were there", async () => {
    const test = await TestEngine.start({}, {}, createServer(other));
    expect((await send(test.port, "/elsewhere")).body).toBe("other /elsewhere");
    expect((await send(test.port, "/engine.io?EIO=4&transport=polling")).body).toMatch(/^other/);
    expect((await test.ask("transport=polling")).body[0]).toBe("0");
  });

  it("serves the path without a slash when told so", async () => {
    const test = await TestEngine.start({ addTrailingSlash: false }, {}, createServer(other));
    const query = "EIO=4&transport=polling";
    expect((await send(test.port, `/engine.io?${query}`)).body[0]).toBe("0");
    expect((await send(test.port, `/engine.io/?${query}`)).body[0]).toBe("0");
    expect((await send(test.port, `/engine.iox?${query}`)).body).toMatch(/^other/);
  });

  it("takes several engines on one server, each at its path", async () => {
    const http = createServer(other);
    const engines = ["/one", "/two/"].map((path) => new EngineServer({ path }).attach(http));
    const port = await listenLocally(http);
    for (const [index, path] of ["/one", "/two"].entries()) {
      const { body } = await send(port, `${path}/?EIO=4&transport=polling`);
      expect(body[0]).toBe("0");
      expect(engines[index]?.clientsCount).toBe(1);
      engines[index]?.close();
    }
    expect((await send(port, "/three")).body).toBe("other /three");
  });

  it("stands in front of an Express app", async () => {
    const app = express();
    app.get("/hello", (_request, response) => {
      response.send("express");
    });
    const test = await TestEngine.start({}, {}, createServer(app));
    expect((await send(test.port, "/hello")).body).toBe("express");
    expect((await test.ask("transport=polling")).body[0]).toBe("0");
    await test.peer().open();
  });

  it("is served by an Express route too", async () => {
    const app = express();
    const engine = new EngineServer();
    app.use("/deep/engine", (request, response) => engine.handleRequest(request, response));
    const port = await listenLocally(createServer(app));
    afterTest(() => engine.close());
    const { body } = await send(port, "/deep/engine/?EIO=4&transport=polling");
    expect(body[0]).toBe("0");
  });

  it("stands in front of a Fastify app", async () => {
    const app = fastify();
    app.get("/hello", () => "fastify");
    const engine = new EngineServer().attach(app.server);
    afterTest(() => app.close());
    afterTest(() => engine.close());
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    const port = Number(new URL(address).port);
    expect((await send(port, "/hello")).body).toBe("fastify");
    expect((await send(port, "/engine.io/?EIO=4&transport=polling")).body[0]).toBe("0");
    const peer = new WebSocket(`ws://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`);
    expect(String((await once(peer, "message"))[0])[0]).toBe("0");
    peer.terminate();
  });

  it("stands in front of an https server", async () => {
    const http = createSecureServer(certificate, other);
    const engine = new EngineServer().attach(http);
    const port = await listenLocally(http);
    afterTest(() => engine.close());
    const url = `wss://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`;
    const peer = new WebSocket(url, { rejectUnauthorized: false });
    const messages: string[] = [];
    peer.on("message", (data: Buffer) => messages.push(data.toString()));
    await once(peer, "message");
    for (let index = 0; index < 100; index++)
      engine.clients[Object.keys(engine.clients)[0]!]?.send("x".repeat(index));
    while (messages.length < 101) await once(peer, "message");
    expect(messages.slice(1)).toEqual(
      Array.from({ length: 100 }, (_, index) => `4${"x".repeat(index)}`),
    );
    peer.terminate();
  });

  it("closes its connections when the server closes", async () => {
    const test = await TestEngine.start();
    await test.handshake();
    test.http.emit("close");
    expect(await test.last.closed).toEqual(["forced close", undefined]);
  });
});

describe("upgrades for other paths", () => {
  it("are ended when nobody takes them in time", async () => {
    const clock = new VirtualClock();
    const options = { destroyUpgradeTimeout: 2_000 };
    const test = await TestEngine.start(options, { wheel: new TimingWheel(clock) });
    const line = new RawLine(test.port);
    const arrived = once(test.http, "upgrade");
    line.write(upgradeHead("/elsewhere"));
    await arrived;
    clock.advance(1_900);
    expect(line.socket.closed).toBe(false);
    clock.advance(200);
    expect(await line.end()).toBe("");
  });

  it("are left to whoever takes them", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    const others = new WebSocketServer({ noServer: true });
    test.http.on("upgrade", (request, socket, head) => {
      if (request.url === "/elsewhere") {
        others.handleUpgrade(request, socket, head, (peer) =>
          peer.on("message", () => peer.send("taken")),
        );
      }
    });
    const peer = new WebSocket(`ws://127.0.0.1:${test.port}/elsewhere`);
    await once(peer, "open");
    clock.advance(5_000);
    peer.send("hello");
    expect(String((await once(peer, "message"))[0])).toBe("taken");
    peer.terminate();
  });

  it("are left alone when told so", async () => {
    const clock = new VirtualClock();
    const wheel = new TimingWheel(clock);
    const test = await TestEngine.start({ destroyUpgrade: false }, { wheel });
    const line = new RawLine(test.port);
    const arrived = once(test.http, "upgrade");
    line.write(upgradeHead("/elsewhere"));
    await arrived;
    expect(wheel.size).toBe(0);
    line.socket.destroy();
  });

  it("are none of ours when websocket is not served", async () => {
    const http = createServer(other);
    await TestEngine.start({ transports: ["polling"] }, {}, http);
    expect(http.listenerCount("upgrade")).toBe(0);
  });
});
