// @opentelemetry/instrumentation-socket.io, unchanged: it patches dist/socket.js and dist/broadcast-operator.js.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { SocketIoInstrumentation } from "@opentelemetry/instrumentation-socket.io";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { World, next, until } from "./support/world.mjs";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ instrumentations: [new SocketIoInstrumentation()] });

const spans = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    event: span.attributes["messaging.socket.io.event_name"],
    rooms: span.attributes["messaging.socket.io.rooms"],
    namespace: span.attributes["messaging.socket.io.namespace"],
  }));

for (const form of ["require", "import"]) {
  describe(`@opentelemetry/instrumentation-socket.io with ${form}`, () => {
    const world = new World();
    let io, client;
    before(async () => {
      // Loaded only now, after the instrumentation has set its hooks.
      const { hawserServer } = await import("./support/alias.mjs");
      hawserServer();
      const { Server } =
        form === "require"
          ? createRequire(import.meta.url)("socket.io")
          : await import("socket.io");
      io = await world.server(Server);
      io.on("connection", (socket) => {
        socket.join("room");
        socket.on("ask", (reply) => reply("answer"));
      });
      client = await world.client(io);
      exporter.reset();
    });
    after(() => world.end());

    it("makes a span of each event that is received", async () => {
      assert.equal(await client.emitWithAck("ask"), "answer");
      const received = spans().find((span) => span.event === "ask");
      assert.equal(received.kind, SpanKind.CONSUMER);
      assert.match(received.name, /receive/);
    });

    it("makes a span of each event and broadcast that is sent, with the rooms", async () => {
      const heard = [next(client, "one"), next(client, "room event"), next(client, "all")];
      io.sockets.sockets.get(client.id).emit("one");
      io.to("room").emit("room event");
      io.emit("all");
      await Promise.all(heard);
      await until("all are exported", () => spans().length >= 3);
      const sent = new Map(spans().map((span) => [span.event, span]));
      for (const event of ["one", "room event", "all"]) {
        assert.equal(sent.get(event)?.kind, SpanKind.PRODUCER, event);
        assert.equal(sent.get(event).namespace, "/");
      }
      assert.deepEqual(sent.get("room event").rooms, ["room"]);
    });
  });
}
