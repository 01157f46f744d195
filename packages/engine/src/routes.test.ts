import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { TestEngine, afterTest, listenLocally } from "../testing/engine.ts";
import { RawLine, send, upgradeHead } from "../testing/raw-http.ts";
import { Routes } from "./routes.ts";
import { EngineServer } from "./server.ts";
import type { Route } from "./routes.ts";

const named = (name: string): Route => ({
  request: (_request, response) => response.end(name),
});

const switched = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

describe("Routes", () => {
  const routes = new Routes();
  const [chat, api, deep] = [named("chat"), named("api"), named("deep")];
  routes.add("/chat", chat);
  routes.add("/api/*", api);
  routes.add("/api/deep/*", deep);

  const cases: [url: string | undefined, route: Route | undefined][] = [
    ["/chat", chat],
    ["/chat?room=a", chat],
    ["/chat#top", chat],
    ["/chat/", undefined],
    ["/chat/x", undefined],
    ["/chats", undefined],
    ["/api", undefined],
    ["/api/", api],
    ["/api/rooms/a?x=/chat", api],
    ["/api/deep/a", deep],
    [undefined, undefined],
  ];
  for (const [url, route] of cases) {
    it(`${route === undefined ? "leave" : "find"} ${url}`, () => {
      expect(routes.find(url)).toBe(route);
    });
  }

  it("refuse what is no path, or is taken", () => {
    for (const path of ["chat", "", "/chat?x", "/a*", "/chat", "/api/*"]) {
      expect(() => routes.add(path, chat)).toThrow(/is no path|is taken/);
    }
  });
});

describe("addRoute", () => {
  it("serves a path before and after attach, and leaves the others alone", async () => {
    const http = createServer((request, response) => response.end(`other ${request.url}`));
    const engine = new EngineServer();
    engine.addRoute("/early", named("early"));
    engine.attach(http);
    engine.addRoute("/late", named("late"));
    engine.addRoute("/engine.io/within", named("within"));
    engine.addRoute("/upgrades", { upgrade: (_request, socket) => socket.end(switched) });
    const port = await listenLocally(http);
    afterTest(() => engine.close());
    const bodies = ["/early?x", "/late", "/engine.io/within", "/upgrades", "/latest"].map(
      async (path) => (await send(port, path)).body,
    );
    expect(await Promise.all(bodies)).toEqual([
      "early",
      "late",
      "within",
      "other /upgrades",
      "other /latest",
    ]);
    expect((await send(port, "/engine.io/?EIO=4&transport=polling")).body[0]).toBe("0");
  });

  it("hands upgrades over, also where Engine.IO takes none", async () => {
    const test = await TestEngine.start({ transports: ["polling"] });
    test.engine.addRoute("/wire", { upgrade: (_request, socket) => socket.end(switched) });
    const line = new RawLine(test.port);
    line.write(upgradeHead("/wire?x"));
    expect(await line.end()).toBe(switched);
  });

  it("is no reason for Node to see upgrades as such before one is served", async () => {
    const http = createServer((_request, response) => response.end("as ever"));
    const engine = new EngineServer({ transports: ["polling"] }).attach(http);
    afterTest(() => engine.close());
    engine.addRoute("/api/*", named("api"));
    expect(http.listenerCount("upgrade")).toBe(0);
    engine.addRoute("/one", { upgrade: () => {} });
    engine.addRoute("/two", { upgrade: () => {} });
    expect(http.listenerCount("upgrade")).toBe(1);
  });

  it("does not end an upgrade of its own after destroyUpgradeTimeout", async () => {
    const test = await TestEngine.start({ destroyUpgradeTimeout: 1 });
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => {
      test.engine.addRoute("/slow", {
        upgrade: (_request, socket) => {
          answer = () => socket.end(switched);
          resolve();
        },
      });
    });
    const line = new RawLine(test.port);
    const other = new RawLine(test.port);
    line.write(upgradeHead("/slow"));
    await asked;
    other.write(upgradeHead("/nobody"));
    // The one that nobody takes shows that the time is over.
    expect(await other.end()).toBe("");
    answer();
    expect(await line.end()).toBe(switched);
  });
});
