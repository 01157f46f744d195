// Durable delivery with a packet format of somebody else.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { it } from "node:test";
import { io as connectHawser } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { Server } from "hawser";
import msgpack from "socket.io-msgpack-parser";
import { io as connect } from "socket.io-client";
import { until } from "../support/wait.ts";

it("replays and answers in MessagePack, to our client and to npm's", async () => {
  const http = createServer();
  const io = new Server(http, { delivery: {}, connectionStateRecovery: {}, parser: msgpack });
  io.on("connection", (socket) => {
    socket.on("turn", (bytes: ArrayBuffer, ack) => ack(new Uint8Array(bytes).toReversed()));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const settings = { parser: msgpack as never, reconnectionDelay: 10 };
  const npm = connect(url, settings);
  const ours = connectHawser(url, { ...settings, durable: durable({ storage: "memory" }) });
  try {
    const heard: [unknown, string][][] = [[], []];
    for (const [at, socket] of [npm, ours].entries()) {
      socket.on("n", (n: unknown, { bytes }: { bytes: Uint8Array }) => {
        heard[at]!.push([n, Buffer.from(bytes).toString("hex")]);
      });
    }
    await until("both are connected", () => npm.connected && ours.connected);
    const bytes = Buffer.from("0102ff", "hex");
    io.emit("n", 0, { bytes });
    await until("the first has come", () => heard.every((all) => all.length === 1));
    npm.io.engine.close();
    ours.io.engine.close();
    io.emit("n", 1, { bytes });
    await until("the missed one has come", () => heard.every((all) => all.length === 2));
    const expected = [
      [0, "0102ff"],
      [1, "0102ff"],
    ];
    assert.deepEqual(heard, [expected, expected]);
    assert.deepEqual([npm.recovered, ours.recovered], [true, true]);
    const turned = (await ours.durable.emit("turn", bytes)) as Uint8Array;
    assert.deepEqual([...turned], [255, 2, 1]);
    const { events } = await io.history();
    assert.deepEqual(
      events.map(({ args }) => args[0]),
      [0, 1],
    );
  } finally {
    npm.disconnect();
    ours.disconnect();
    await io.close();
  }
});
