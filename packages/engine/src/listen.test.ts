import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { afterTest, listenLocally } from "../testing/engine.ts";
import { send } from "../testing/raw-http.ts";
import { Connection, Server, Socket, attach, listen, protocol, transports } from "./index.ts";

describe("listen", () => {
  it("serves alone, and answers other HTTP with 501", async () => {
    let called = false;
    const engine = listen(0, {}, () => (called = true));
    const http = engine.httpServer!;
    afterTest(() => {
      engine.close();
      http.close();
    });
    await once(http, "listening");
    expect(called).toBe(true);
    const { port } = http.address() as AddressInfo;
    const other = await send(port, "/");
    expect([other.status, other.body]).toEqual([501, "Not Implemented"]);
    expect((await send(port, "/engine.io/?EIO=4&transport=polling")).body[0]).toBe("0");
  });
});

describe("attach", () => {
  it("makes an engine on a server, with options of both kinds", async () => {
    const http = createServer();
    const engine = attach(http, { path: "/elsewhere", pingInterval: 77 });
    const port = await listenLocally(http);
    afterTest(() => engine.close());
    expect(engine).toBeInstanceOf(Server);
    const { body } = await send(port, "/elsewhere/?EIO=4&transport=polling");
    expect(body).toContain('"pingInterval":77');
  });
});

describe("the names of npm engine.io", () => {
  it("are there", () => {
    expect(protocol).toBe(4);
    expect(Object.keys(transports)).toEqual(["polling", "websocket"]);
    expect(Socket).toBe(Connection);
    expect(Server.errors["FORBIDDEN"]).toBe(4);
  });
});
