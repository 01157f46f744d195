// Software that was written for npm ws, run over @hawser/websocket: `ws` is resolved to it, for import and require.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire, registerHooks } from "node:module";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import type { TestContext } from "node:test";
import type * as graphql from "graphql";
import type * as graphqlWs from "graphql-ws";
import type * as graphqlWsServer from "graphql-ws/use/ws";
import type * as hawser from "@hawser/websocket";
import type * as socketIo from "socket.io";
import type { io as ioType } from "socket.io-client";
import { within } from "../support/wait.ts";

const require = createRequire(import.meta.url);

const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "ws"
      ? next("@hawser/websocket", { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});
after(() => hooks.deregister());

const WebSocket = require("ws") as typeof hawser.WebSocket;
const { io } = require("socket.io-client") as { io: typeof ioType };
const { Server } = require("socket.io") as typeof socketIo;

/** An HTTP server on a free port, closed with the test. */
async function listen(
  context: TestContext,
): Promise<{ http: ReturnType<typeof createServer>; port: number }> {
  const http = createServer();
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  context.after(() => {
    http.close();
    http.closeAllConnections();
  });
  return { http, port: (http.address() as AddressInfo).port };
}

describe("in the place of ws", () => {
  it("is what require and import give", async () => {
    assert.equal(WebSocket, require("@hawser/websocket"));
    const imported = (await import("ws")) as unknown as typeof hawser;
    assert.equal(
      new imported.WebSocketServer({ noServer: true }) instanceof WebSocket.Server,
      true,
    );
  });

  for (const perMessageDeflate of [false, true]) {
    it(`socket.io and its client, perMessageDeflate: ${perMessageDeflate}`, async (context) => {
      const { http, port } = await listen(context);
      const server = new Server(http, { transports: ["websocket"], perMessageDeflate });
      context.after(() => server.close());
      server.on("connection", (socket) => {
        socket.on("echo", (value: unknown, done: (value: unknown) => void) => done(value));
        void socket.join("room");
        server.to("room").emit("said", "x".repeat(5_000));
      });
      const client = io(`http://127.0.0.1:${port}`, {
        transports: ["websocket"],
        perMessageDeflate: {},
      } as object);
      context.after(() => client.disconnect());
      const said = new Promise<string>((resolve) => client.once("said", resolve));
      const value = { text: "grüße", bytes: Buffer.from([0, 1, 254, 255]) };
      const back = (await client.timeout(5_000).emitWithAck("echo", value)) as typeof value;
      assert.equal(back.text, value.text);
      assert.deepEqual([...back.bytes], [...value.bytes]);
      assert.equal((await within("said", said)).length, 5_000);
    });
  }

  it("socket.io's option wsEngine", async (context) => {
    const { http, port } = await listen(context);
    const server = new Server(http, { wsEngine: WebSocket.Server });
    context.after(() => server.close());
    const client = io(`http://127.0.0.1:${port}`);
    context.after(() => client.disconnect());
    await within("connected", once(client as never, "connect"));
    if (client.io.engine.transport.name !== "websocket")
      await within("upgraded", once(client.io.engine as never, "upgrade"));
    assert.equal(client.io.engine.transport.name, "websocket");
  });

  it("graphql-ws, server and client", async (context) => {
    const { buildSchema } = require("graphql") as typeof graphql;
    const { useServer } = require("graphql-ws/use/ws") as typeof graphqlWsServer;
    const { createClient } = require("graphql-ws") as typeof graphqlWs;
    const server = new WebSocket.Server({ port: 0, host: "127.0.0.1", path: "/graphql" });
    await once(server, "listening");
    const disposable = useServer(
      {
        schema: buildSchema("type Query { hello: String } type Subscription { greetings: String }"),
        roots: {
          query: { hello: () => "Hello" },
          subscription: {
            async *greetings() {
              for (const greetings of ["Hi", "Bonjour"]) yield { greetings };
            },
          },
        },
      },
      server as never,
    );
    const { port } = server.address() as AddressInfo;
    const client = createClient({
      url: `ws://127.0.0.1:${port}/graphql`,
      webSocketImpl: require("isomorphic-ws") as unknown,
      retryAttempts: 0,
    });
    context.after(async () => {
      await client.dispose();
      await disposable.dispose();
    });
    const said: unknown[] = [];
    for await (const { data } of client.iterate({ query: "subscription { greetings }" }))
      said.push(data);
    assert.deepEqual(JSON.parse(JSON.stringify(said)), [
      { greetings: "Hi" },
      { greetings: "Bonjour" },
    ]);
    const results: unknown[] = [];
    for await (const { data } of client.iterate({ query: "{ hello }" })) results.push(data);
    assert.deepEqual(JSON.parse(JSON.stringify(results)), [{ hello: "Hello" }]);
  });
});
