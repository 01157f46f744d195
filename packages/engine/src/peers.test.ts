import { once } from "node:events";
import { Socket } from "engine.io-client";
import { describe, expect, it } from "vitest";
import { TestEngine, afterTest } from "../testing/engine.ts";
import type { EngineOptions } from "./options.ts";

/** npm engine.io-client, unchanged, against this server. */

type Message = string | Buffer | ArrayBuffer;

const modes: [name: string, transports: string[], upgrade: boolean][] = [
  ["polling", ["polling"], false],
  ["websocket", ["websocket"], false],
  ["polling, upgraded", ["polling", "websocket"], true],
];

async function connect(test: TestEngine, transports: string[]): Promise<Socket> {
  const client = new Socket(`http://127.0.0.1:${test.port}`, { transports });
  client.binaryType = "nodebuffer" as never;
  afterTest(() => client.close());
  await new Promise<void>((resolve, reject) => {
    client.on("open", resolve);
    client.on("error", reject);
  });
  return client;
}

/** Echoes everything, and counts what came. */
async function echoing(options: EngineOptions = {}): Promise<TestEngine> {
  const test = await TestEngine.start(options);
  test.engine.on("connection", (connection) => {
    connection.on("message", (data) => connection.send(data));
  });
  return test;
}

for (const [name, transports, upgrade] of modes) {
  describe(`engine.io-client over ${name}`, () => {
    it("exchanges text and binary in order, while it upgrades too", async () => {
      const test = await echoing();
      const client = await connect(test, transports);
      const received: Message[] = [];
      client.on("message", (data: Message) => received.push(data));
      const sent: Message[] = [];
      const say = (data: Message): void => {
        sent.push(data);
        client.send(data);
      };
      for (let index = 0; index < 50; index++) {
        say(`text ${index} é€😀`);
        say(Buffer.from([index, 255, 0]));
        if (index % 10 === 9) await new Promise((resolve) => client.once("message", resolve));
      }
      while (received.length < sent.length) {
        await new Promise((resolve) => client.once("message", resolve));
      }
      expect(received).toEqual(sent);
      if (upgrade && client.transport.name !== "websocket") {
        await new Promise((resolve) => client.once("upgrade", resolve));
      }
      const { connection } = test.last;
      expect(client.transport.name).toBe(upgrade ? "websocket" : transports[0]);
      if (upgrade && !connection.upgraded) await once(connection, "upgrade");
      expect(connection.transport.name).toBe(client.transport.name);
      expect(test.refusals).toEqual([]);
    });

    it("loses and reorders nothing that the server sends all along", async () => {
      for (let round = 0; round < 5; round++) {
        const test = await TestEngine.start();
        let next = 0;
        test.engine.on("connection", (connection) => {
          const talk = (): void => {
            for (let index = 0; index < 3 && next < 300; index++) connection.send(String(next++));
            if (next < 300) setTimeout(talk, round % 2);
          };
          talk();
        });
        const client = new Socket(`http://127.0.0.1:${test.port}`, { transports });
        afterTest(() => client.close());
        const received: string[] = [];
        await new Promise<void>((resolve, reject) => {
          client.on("close", (reason) => reject(new Error(reason)));
          client.on("message", (data: string) => {
            received.push(data);
            if (received.length === 300) resolve();
          });
        });
        expect(received).toEqual(Array.from({ length: 300 }, (_, index) => String(index)));
      }
    });

    it("stays alive through heartbeats", async () => {
      const test = await TestEngine.start({ pingInterval: 40, pingTimeout: 200 });
      const client = await connect(test, transports);
      const { connection } = test.last;
      for (let beat = 0; beat < 5; beat++) await once(connection, "heartbeat");
      expect(client.readyState).toBe("open");
      expect(connection.readyState).toBe("open");
    });

    it("learns that the server closes, after what was sent before", async () => {
      const test = await TestEngine.start();
      const client = await connect(test, transports);
      if (upgrade) await once(test.last.connection, "upgrade");
      const received: string[] = [];
      client.on("message", (data: string) => received.push(data));
      const closed = new Promise((resolve) => client.on("close", resolve));
      test.last.connection.send("one");
      test.last.connection.send("two");
      test.last.connection.close();
      expect(await closed).toBe("transport close");
      expect(received).toEqual(["one", "two"]);
      expect(await test.last.closed).toEqual(["forced close", undefined]);
    });

    it("tells the server that it closes", async () => {
      const test = await TestEngine.start();
      const client = await connect(test, transports);
      client.send("last words");
      client.close();
      expect(await test.last.closed).toEqual(["transport close", undefined]);
      expect(test.last.messages).toEqual(["last words"]);
    });

    it("sends large messages", async () => {
      const test = await echoing();
      const client = await connect(test, transports);
      for (const data of ["x".repeat(700_000), "€".repeat(200_000), Buffer.alloc(500_000, 7)]) {
        client.send(data);
        const [back] = await new Promise<Message[]>((resolve) => {
          client.once("message", (...received: Message[]) => resolve(received));
        });
        expect(back).toEqual(data);
      }
    });

    it("is told when it may not come in", async () => {
      const test = await TestEngine.start({
        allowRequest: (_request, decide) => decide("no", false),
      });
      await expect(connect(test, transports)).rejects.toThrow(/xhr poll error|websocket error/);
      expect(test.refusals[0]?.code).toBe(4);
    });
  });
}
