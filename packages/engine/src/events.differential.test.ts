import { createServer } from "node:http";
import { attach as attachOriginal } from "engine.io";
import { Socket as Client } from "engine.io-client";
import { describe, expect, it } from "vitest";
import { afterTest, listenLocally } from "../testing/engine.ts";
import { attach } from "./listen.ts";

/** The events that npm engine.io and this server emit in the same course of a session, in order. */

interface Emitter {
  on(event: string, listener: (...what: never[]) => void): unknown;
}

interface Line extends Emitter {
  send(data: unknown, options?: unknown, callback?: (transport: { name: string }) => void): unknown;
  close(discard?: boolean): void;
  transport: { name: string };
  readyState: string;
  upgraded: boolean;
  upgrading: boolean;
  protocol: number;
}

interface Packet {
  type: string;
  data?: string | Buffer;
  options?: { compress?: boolean };
}

function inWords({ type, data, options }: Packet): string {
  const shown = (data ?? "").toString().replace(/^\{.*/, "{…}");
  return `${type} ${shown} ${options?.compress ?? ""}`;
}

const ofPackets = ["packet", "packetCreate"];
const others = ["data", "message", "heartbeat", "drain", "close", "error", "open"];

function watch(log: string[], line: Line): void {
  for (const event of ofPackets) {
    line.on(event, (packet: Packet) => log.push(`${event} ${inWords(packet)}`));
  }
  for (const event of others) {
    line.on(event, (...what: unknown[]) => log.push(`${event} ${what.join()}`));
  }
  line.on("flush", (packets: Packet[]) => log.push(`flush ${packets.map(inWords).join()}`));
  for (const event of ["upgrading", "upgrade"]) {
    line.on(event, (to: { name: string }) => {
      log.push(`${event} ${to.name} ${line.upgrading} ${line.upgraded} ${line.transport.name}`);
    });
  }
}

/** What one server emits while `run` goes on: on the connection, and on the server. */
async function record(
  make: typeof attach,
  transports: string[],
  options: object,
  run: (client: Client, line: Line, log: string[]) => Promise<void>,
): Promise<{ line: string[]; server: string[]; callbacks: string[] }> {
  const http = createServer();
  const engine = make(http, options) as unknown as Emitter & { close(): void };
  afterTest(() => engine.close());
  const seen = { line: [] as string[], server: [] as string[], callbacks: [] as string[] };
  engine.on("flush", (_line: Line, packets: Packet[]) => {
    seen.server.push(`flush ${packets.map(inWords).join()}`);
  });
  engine.on("drain", () => seen.server.push("drain"));
  const connected = new Promise<Line>((resolve) => {
    engine.on("connection", (line: Line) => {
      watch(seen.line, line);
      resolve(line);
    });
  });
  const client = new Client(`http://127.0.0.1:${await listenLocally(http)}`, { transports });
  afterTest(() => client.close());
  const line = await connected;
  if (client.readyState !== "open") await heard(client, "open");
  await run(client, line, seen.callbacks);
  return seen;
}

async function bothWays(
  transports: string[],
  options: object,
  run: (client: Client, line: Line, log: string[]) => Promise<void>,
): Promise<void> {
  const original = await record(attachOriginal as never, transports, options, run);
  const ours = await record(attach, transports, options, run);
  expect(ours).toEqual(original);
}

const heard = (client: Client, event: string): Promise<unknown> =>
  new Promise((resolve) => client.once(event as "message", resolve));

const once = (line: Line, event: string): Promise<unknown> =>
  new Promise((resolve) => line.on(event, resolve));

/** Until `count` more of an event came. */
function times(emitter: Emitter, event: string, count: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve) => {
    emitter.on(event, () => {
      if (++seen === count) resolve();
    });
  });
}

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  describe(`the events over ${transports.join(" and ")} agree with npm engine.io`, () => {
    it("of messages both ways", async () => {
      await bothWays(transports, {}, async (client, line, callbacks) => {
        if (transports.length > 1) await heard(client, "upgrade");
        client.send("hello");
        await once(line, "message");
        // One after the other: what is sent in one tick leaves there in several writes, here in one.
        const say = async (data: unknown, options?: object): Promise<void> => {
          const told = [times(line, "drain", 1), times(client, "message", 1)];
          line.send(data, options, ({ name }) => callbacks.push(name));
          await Promise.all(told);
        };
        await say("one");
        await say("two", { compress: false });
        await say(Buffer.from("three"));
        client.send(Buffer.from("binary"));
        await once(line, "message");
        client.close();
        await once(line, "close");
      });
    });

    it("of the heartbeat", async () => {
      await bothWays(transports, { pingInterval: 300 }, async (client, line) => {
        if (transports.length > 1) await heard(client, "upgrade");
        await once(line, "heartbeat");
        line.close();
        await heard(client, "close");
      });
    });

    it("of a message and a close in one tick", async () => {
      await bothWays(transports, {}, async (client, line) => {
        if (transports.length > 1) await heard(client, "upgrade");
        const closed = once(line, "close");
        const left = heard(client, "close");
        line.send("last");
        line.close();
        await Promise.all([closed, left]);
      });
    });
  });
}

it("a callback in the place of the options is called", async () => {
  await bothWays(["websocket"], {}, async (client, line, callbacks) => {
    await new Promise<void>((resolve) => {
      line.send("a", ({ name }: { name: string }) => {
        callbacks.push(name);
        resolve();
      });
    });
    client.close();
    await once(line, "close");
  });
});
