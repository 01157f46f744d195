import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { afterTest, listenLocally } from "../testing/engine.ts";
import { send } from "../testing/raw-http.ts";
import * as original from "engine.io";
import * as ours from "./index.ts";
import {
  Connection,
  Server,
  Socket,
  Transport,
  attach,
  listen,
  protocol,
  transports,
} from "./index.ts";

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
    const missing = Object.keys(original).filter((name) => name !== "default" && !(name in ours));
    expect(missing).toEqual([]);
    expect(protocol).toBe(4);
    expect(Object.keys(transports)).toEqual(["polling", "websocket"]);
    expect(Socket).toBe(Connection);
    expect(Server.errors["FORBIDDEN"]).toBe(4);
    expect(Object.create(transports.polling.prototype)).toBeInstanceOf(Transport);
    expect({}).not.toBeInstanceOf(Transport);
  });

  it("make a server that listens, without options too", async () => {
    const engine = await new Promise<Server>((resolve) => {
      const made = listen(0, () => setImmediate(() => resolve(made)));
    });
    afterTest(() => {
      engine.close();
      engine.httpServer?.close();
    });
    expect(engine.httpServer?.listening).toBe(true);
  });
});
