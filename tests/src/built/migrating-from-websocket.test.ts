// The programs of docs/migrating-from-websocket.md, in the order of the page: the old clients stay as they are all the way.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io } from "@hawser/client";
import { WebSocket } from "@hawser/websocket";
import { codeOf, freePort, serveShown } from "../support/shown-code.ts";
import { collect, next } from "../support/wait.ts";

const blocks = await codeOf("docs/migrating-from-websocket.md", "js");

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await next(socket, "open");
  return socket;
}

const heard = async (socket: WebSocket): Promise<string> => {
  const [data] = await next<[Buffer, boolean]>(socket, "message");
  return data.toString();
};

describe("docs/migrating-from-websocket.md", () => {
  for (const [name, code] of [
    ["a server on ws", blocks[0]],
    ["the same in raw mode", blocks[1]],
  ] as const) {
    it(`${name}: text goes to the others`, async (t) => {
      const port = await freePort();
      const server = await serveShown(`${name.replaceAll(" ", "-")}.mjs`, code!, port);
      t.after(() => server.kill());
      const [ada, grace] = [
        await open(`ws://127.0.0.1:${port}/ws`),
        await open(`ws://127.0.0.1:${port}/ws`),
      ];
      const first = heard(grace);
      ada.send("hello");
      assert.equal(await first, "hello");
      const second = heard(ada);
      grace.send("hello yourself");
      assert.equal(await second, "hello yourself");
      ada.terminate();
      grace.terminate();
    });
  }

  it("events: the protocol of the clients stays", async (t) => {
    const port = await freePort();
    const server = await serveShown("events.mjs", blocks[2]!, port);
    t.after(() => server.kill());
    const ada = await open(`ws://127.0.0.1:${port}/ws`);
    const answer = heard(ada);
    ada.send('{"type":"join","room":"tea"}');
    ada.send('{"type":"chat","room":"tea","text":"hello"}');
    assert.deepEqual(JSON.parse(await answer), { type: "chat", room: "tea", text: "hello" });
    ada.terminate();
  });

  it("rooms with everybody: old clients, plain ones, and those of Socket.IO", async (t) => {
    const port = await freePort();
    const server = await serveShown("everybody.mjs", blocks[3]!, port);
    t.after(() => server.kill());
    const old = await open(`ws://127.0.0.1:${port}/ws`);
    const plain = await open(`ws://127.0.0.1:${port}/hawser/ws`);
    const socket = io(`http://127.0.0.1:${port}`);
    t.after(() => socket.disconnect());

    old.send('{"type":"join","room":"tea"}');
    const entered = collect<Buffer>(plain, "message", 2);
    plain.send('{"event":"join","data":[{"room":"tea"}],"id":1}');
    const [, answer] = (await entered).map((data) => JSON.parse(data.toString()) as unknown);
    assert.deepEqual(answer, { ack: 1, data: ["joined"] });
    assert.equal(await socket.emitWithAck("join", { room: "tea" }), "joined");

    const all = [heard(old), heard(plain), next(socket, "chat")] as const;
    socket.emit("chat", { room: "tea", text: "hello" });
    const [byOld, byPlain, bySocket] = await Promise.all(all);
    const said = { room: "tea", text: "hello" };
    assert.deepEqual(JSON.parse(byOld), { type: "chat", ...said });
    assert.deepEqual(JSON.parse(byPlain), { event: "chat", data: [said] });
    assert.deepEqual(bySocket, [said]);
    old.terminate();
    plain.terminate();
  });
});
