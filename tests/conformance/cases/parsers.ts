import { EventEmitter } from "node:events";
import * as msgpack from "socket.io-msgpack-parser";
import { section } from "../harness/case.ts";
import { next, outcome, roundTrip } from "../harness/tools.ts";
import type { Stage } from "../harness/stage.ts";
import type { World } from "../../src/support/world.ts";

/** Packets as JSON, without any prefix: the example of the documentation, in our words. */
class Encoder {
  encode(packet: unknown): string[] {
    return [JSON.stringify(packet)];
  }
}

class Decoder extends EventEmitter {
  add(chunk: string): void {
    this.emit("decoded", JSON.parse(chunk));
  }
  destroy(): void {}
}

const parsers = {
  "socket.io-msgpack-parser": msgpack,
  "one of one's own": { Encoder, Decoder },
};

async function open(it: Stage, parser: unknown): Promise<World> {
  return it.open({ options: { parser: parser as never } });
}

export const customParsers = section("Custom parser", "custom-parser/", {
  ...Object.fromEntries(
    Object.entries(parsers).flatMap(([name, parser]) => [
      [
        `${name}: events, acknowledgements, namespaces, broadcasts`,
        async (it: Stage) => {
          const world = await open(it, parser);
          world.io.of("/other").on("connection", (socket) => {
            socket.on("echo", (...args) => args.at(-1)(...args.slice(0, -1)));
          });
          const { client, server } = await world.pair("", { parser });
          const other = await world.beside(client, "/other");
          server.on("up", (...args) => args.at(-1)(args.slice(0, -1)));
          const up = await client.emitWithAck("up", 1, "é🚢", { a: [null, true] });
          const all = next(client, "all");
          world.io.emit("all", [1, { b: 2 }]);
          const heard = await all;
          client.on("ask", (done) => done("answer"));
          return {
            up,
            heard,
            there: await other.emitWithAck("echo", "x"),
            answer: await server.timeout(5_000).emitWithAck("ask"),
            answers: await world.io.timeout(5_000).emitWithAck("ask"),
          };
        },
      ],
      [
        `${name}: refusals and disconnections`,
        async (it: Stage) => {
          const world = await open(it, parser);
          world.io.of("/closed").use((_socket, go) => {
            go(Object.assign(new Error("closed"), { data: { n: 1 } }));
          });
          const { client, server } = await world.pair("", { parser });
          const refused = client.io.socket("/closed");
          const told = next<[Error & { data?: unknown }]>(refused, "connect_error");
          refused.connect();
          const [{ message, data }] = await told;
          await roundTrip(client, server);
          const gone = next(server, "disconnect");
          client.disconnect();
          return [message, data, (await gone)[0]];
        },
      ],
    ]),
  ),

  "socket.io-msgpack-parser: binary": async (it) => {
    const world = await open(it, msgpack);
    const { client, server } = await world.pair("", { parser: msgpack });
    server.on("echo", (value, done) => done(value));
    const heard = next(client, "all");
    world.io.emit("all", { bytes: Buffer.from([1, 2, 3]) });
    const flat = (value: unknown): unknown => [...(value as Uint8Array)];
    return [
      flat(await client.emitWithAck("echo", Buffer.from([4, 5]))),
      flat(((await heard)[0] as { bytes: Uint8Array }).bytes),
    ];
  },

  "a client with another parser is not let in": async (it) => {
    const world = await open(it, msgpack);
    const client = await world.client("", { reconnection: false, timeout: 500 });
    const closed = next(client.io, "close");
    client.connect();
    return [typeof (await outcome(closed)), client.connected];
  },
});
