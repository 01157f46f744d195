// Namespaces, fixed and dynamic, and middlewares: one code for all dialects.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Server, Socket } from "hawser";
import { io as npm } from "socket.io-client";
import { next, until } from "../support/wait.ts";
import { PlainWorld } from "./plain-world.ts";
import type { KindOfMember, Member } from "./plain-world.ts";

const kinds: KindOfMember[] = ["npm websocket", "ours", "plain json", "plain msgpack", "sse"];
const names = ["/", "/chat", "/dynamic-7"];

/** Lets in who says the word, in whichever way. */
function guard(socket: Socket, next_: (error?: Error) => void): void {
  const { token } = socket.handshake.auth as { token?: string };
  if (token === "open-sesame") {
    (socket.data as { token?: string }).token = token;
    next_();
    return;
  }
  next_(Object.assign(new Error("who are you?"), { data: { status: 401, hint: "say it" } }));
}

function setup(io: Server): void {
  for (const namespace of [io.of("/"), io.of("/chat"), io.of(/^\/dynamic-\d+$/)]) {
    namespace.on("connection", (socket: Socket) => {
      void socket.join("room");
      socket.on("say", (text: unknown) =>
        socket.nsp.to("room").emit("said", text, socket.nsp.name),
      );
    });
  }
  io.of("/guarded").use(guard);
  io.of("/guarded").on("connection", (socket: Socket) => {
    socket.on("who", (ack: (token: unknown) => void) =>
      ack((socket.data as { token: string }).token),
    );
  });
}

describe("namespaces", () => {
  let world: PlainWorld;
  before(async () => {
    world = await PlainWorld.open({}, setup);
  });
  after(() => world.close());

  it("what is said in one is heard there, and nowhere else", async () => {
    const crowds = new Map<string, Member[]>();
    for (const namespace of names) {
      const crowd: Member[] = [];
      for (const kind of kinds) crowd.push(await world.member(kind, { namespace }));
      crowds.set(namespace, crowd);
    }
    for (const [namespace, crowd] of crowds) {
      for (const { kind, emit } of crowd) emit?.("say", `${kind} in ${namespace}`);
      const expected = crowd
        .filter(({ emit }) => emit !== undefined)
        .map(({ kind }) => `${kind} in ${namespace}`)
        .toSorted();
      for (const member of crowd) {
        await until(`${member.kind} hears all of ${namespace}`, () => {
          return member.heard.length === expected.length;
        });
        assert.deepEqual(member.heard.map(([, text]) => text as string).toSorted(), expected);
        assert.ok(member.heard.every(([, , where]) => where === namespace));
      }
    }
  });

  for (const form of ["json", "msgpack"] as const) {
    it(`${form}: several on one line, each left alone`, async () => {
      const client = await world.plain({}, { form });
      for (const namespace of ["/chat", "/dynamic-1"]) {
        client.send({ connect: { namespace } });
        await client.message(`${namespace} is entered`, (it) => {
          return (it["connected"] as { namespace?: string })?.namespace === namespace;
        });
      }
      for (const namespace of ["/", "/chat", "/dynamic-1"]) {
        client.send({ event: "say", data: ["here"], ...(namespace === "/" ? {} : { namespace }) });
        const heard = await client.message(`${namespace} is heard`, ({ event, data }) => {
          return event === "said" && (data as unknown[])[1] === namespace;
        });
        assert.equal(heard["namespace"], namespace === "/" ? undefined : namespace);
      }
      client.send({ disconnect: { namespace: "/chat" } });
      await until("the server knows", () => world.io.of("/chat").sockets.size === kinds.length);
      client.send({ event: "say", data: ["still here"] });
      await client.message("the others stay", ({ data }) => {
        return (data as unknown[] | undefined)?.[0] === "still here";
      });
      assert.deepEqual(client.errors, []);
    });

    it(`${form}: an event for a namespace that was not asked for enters it`, async () => {
      const client = await world.line({ form });
      client.send({ event: "say", data: ["at once"], namespace: "/dynamic-2" });
      await client.message("it was heard", ({ event }) => event === "said");
      const said = (await client.said("connected")) as { id: string; namespace: string };
      assert.equal(said.namespace, "/dynamic-2");
      assert.ok(world.io.of("/dynamic-2").sockets.has(said.id));
      assert.ok("connected" in client.messages[0]!, "it is told that it is connected first");
      client.ws.terminate();
    });

    it(`${form}: one that does not exist is refused, and the line lives`, async () => {
      const client = await world.line({ form });
      client.send({ connect: { namespace: "/nowhere" } });
      const { code, namespace } = await client.error();
      assert.deepEqual([code, namespace], ["NAMESPACE_UNKNOWN", "/nowhere"]);
      client.send({ connect: {} });
      await client.said("connected");
      client.close();
    });

    it(`${form}: a middleware that refuses says the same as to Socket.IO`, async () => {
      const reference = npm(`${world.url}/guarded`, { forceNew: true, transports: ["websocket"] });
      const [error] = await next<[Error & { data: unknown }]>(reference, "connect_error");
      reference.close();
      const client = await world.line({ form });
      client.send({ connect: { namespace: "/guarded", auth: { token: "knock knock" } } });
      const { code, message, data, namespace } = await client.error();
      assert.deepEqual(
        [code, message, data, namespace],
        ["REFUSED", error.message, error.data, "/guarded"],
      );
      client.send({ connect: { namespace: "/guarded", auth: { token: "open-sesame" } } });
      await client.said("connected");
      client.close();
    });
  }

  const token = "open-sesame";
  const ways: [way: string, open: () => Promise<string>][] = [
    ["a header", async () => entered({ ws: { headers: { Authorization: `Bearer ${token}` } } })],
    ["the query", async () => entered({ path: `/hawser/ws?token=${encodeURIComponent(token)}` })],
    [
      "a subprotocol",
      async () => {
        // Names of subprotocols have no space.
        const protocols = ["hawser.v1.json", "hawser.token.c2VzYW1l"];
        const client = await world.line({ protocols });
        assert.equal(client.ws.protocol, "hawser.v1.json");
        client.send({ connect: {} });
        const { id } = (await client.said("connected")) as { id: string };
        const { auth } = world.io.of("/").sockets.get(id)!.handshake;
        assert.deepEqual(auth, { token: "c2VzYW1l" });
        return token;
      },
    ],
  ];

  async function entered(options: object): Promise<string> {
    const client = await world.line(options);
    client.send({ connect: { namespace: "/guarded" } });
    await client.said("connected");
    client.send({ event: "who", id: 1, namespace: "/guarded" });
    const answer = await client.message("who", (it) => it["ack"] === 1);
    return (answer["data"] as string[])[0]!;
  }

  for (const [way, open] of ways) {
    it(`a token in ${way} is what the middleware sees`, async () => {
      assert.equal(await open(), token);
    });
  }

  it("?connect enters without a message", async () => {
    for (const query of ["?connect", "?namespace=/chat"]) {
      const client = await world.line({ path: `/hawser/ws${query}` });
      const { namespace } = await client.said("connected");
      assert.equal(namespace, query === "?connect" ? undefined : "/chat");
    }
  });
});
