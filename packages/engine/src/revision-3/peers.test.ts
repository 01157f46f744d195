import { once } from "node:events";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { TestEngine, afterTest } from "../../testing/engine.ts";
import type { EngineOptions } from "../options.ts";

/** npm engine.io-client 3, unchanged, against this server. */

interface Client {
  readonly readyState: string;
  readonly transport: { readonly name: string };
  binaryType: string;
  on(event: string, listener: (...what: never[]) => void): void;
  once(event: string, listener: (...what: never[]) => void): void;
  send(data: string | Buffer): void;
  close(): void;
}

const connectClient = createRequire(import.meta.url)("engine.io-client-3") as (
  url: string,
  options: object,
) => Client;

const modes: [name: string, options: { transports: string[]; forceBase64?: boolean }][] = [
  ["polling", { transports: ["polling"] }],
  ["polling as base64", { transports: ["polling"], forceBase64: true }],
  ["websocket", { transports: ["websocket"] }],
  ["websocket as base64", { transports: ["websocket"], forceBase64: true }],
  ["polling, upgraded", { transports: ["polling", "websocket"] }],
];

async function connect(test: TestEngine, options: object): Promise<Client> {
  const client = connectClient(`http://127.0.0.1:${test.port}`, options);
  afterTest(() => client.close());
  await new Promise<void>((resolve, reject) => {
    client.on("open", resolve);
    client.on("error", reject);
  });
  return client;
}

async function echoing(options: EngineOptions = {}): Promise<TestEngine> {
  const test = await TestEngine.start({ allowEIO3: true, ...options });
  test.engine.on("connection", (connection) => {
    connection.on("message", (data) => connection.send(data));
  });
  return test;
}

for (const [name, options] of modes) {
  describe(`engine.io-client 3 over ${name}`, () => {
    it("exchanges text and binary in order, while it upgrades too", async () => {
      const test = await echoing();
      const client = await connect(test, options);
      const sent: (string | Buffer)[] = [];
      const received: (string | Buffer)[] = [];
      // This client reads an empty message as undefined.
      client.on("message", (data: string | Buffer | undefined) => received.push(data ?? ""));
      for (let index = 0; index < 40; index++) {
        for (const data of [`text ${index} é€😀`, "", Buffer.from([index, 255, 0])]) {
          sent.push(data);
          client.send(data);
        }
        if (index % 10 === 9) await new Promise<void>((resolve) => client.once("message", resolve));
      }
      while (received.length < sent.length) {
        await new Promise<void>((resolve) => client.once("message", resolve));
      }
      expect(received).toEqual(sent);
      expect(test.last.connection.protocol).toBe(3);
      const last = options.transports.at(-1);
      if (client.transport.name !== last) {
        await new Promise<void>((resolve) => client.once("upgrade", resolve));
      }
      expect(test.refusals).toEqual([]);
    });

    it("stays alive by its own pings, which are answered", async () => {
      const test = await TestEngine.start({
        allowEIO3: true,
        pingInterval: 40,
        pingTimeout: 2_000,
      });
      const client = await connect(test, options);
      const { connection } = test.last;
      for (let beat = 0; beat < 4; beat++) await once(connection, "heartbeat");
      expect([client.readyState, connection.readyState]).toEqual(["open", "open"]);
    });

    it("closes, and is told", async () => {
      const test = await TestEngine.start({ allowEIO3: true });
      const client = await connect(test, options);
      client.send("last words");
      client.close();
      expect((await test.last.closed)[0]).toBe("transport close");
      expect(test.last.messages).toEqual(["last words"]);

      const other = await connect(test, options);
      const told = new Promise<string>((resolve) => other.on("close", resolve));
      const { connection } = test.last;
      if (options.transports.length > 1) await once(connection, "upgrade");
      connection.send("bye");
      connection.close();
      expect(await told).toBe("transport close");
    });
  });
}

describe("a client of Engine.IO 3", () => {
  it("is refused unless it is allowed", async () => {
    const test = await TestEngine.start();
    await expect(connect(test, { transports: ["polling"] })).rejects.toThrow("xhr poll error");
    expect(test.refusals[0]?.code).toBe(5);
  });

  it("is let go when it no longer pings", async () => {
    const test = await TestEngine.start({ allowEIO3: true, pingInterval: 40, pingTimeout: 40 });
    const peer = await test.peerAt("EIO=3&transport=websocket").open();
    await peer.closed;
    expect((await test.last.closed)[0]).toBe("ping timeout");
  });

  it("may not send pongs, as one of Engine.IO 4 may not send pings", async () => {
    const test = await TestEngine.start({ allowEIO3: true });
    const peer = await test.peerAt("EIO=3&transport=websocket").open();
    peer.send("3");
    expect((await test.last.closed)[0]).toBe("transport error");
  });

  it("ends its session with what is no packet", async () => {
    const test = await TestEngine.start({ allowEIO3: true });
    for (const wrong of [Buffer.of(2), Buffer.alloc(0), "b2", "9"]) {
      const peer = await test.peerAt("EIO=3&transport=websocket").open();
      peer.send(wrong);
      expect((await test.last.closed)[0]).toBe("parse error");
    }
  });
});
