// python-socketio and python's plain websockets in one room, on either side of what the other says.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Server, Socket } from "hawser";
import { PythonClient, pythonPeer, pythonSkip } from "../support/python.ts";
import { PlainWorld } from "./plain-world.ts";
import type { Child } from "../support/child.ts";

function setup(io: Server): void {
  io.use((socket, next) => {
    const { token } = socket.handshake.auth as { token?: string };
    next(token === "python" ? undefined : new Error("who?"));
  });
  io.on("connection", (socket: Socket) => {
    socket.on("join", (room: string, ack: () => void) => {
      void socket.join(room);
      ack();
    });
    socket.on(
      "say",
      (room: string, ...args: unknown[]) => void socket.to(room).emit("said", ...args),
    );
    socket.on("ask all", async (room: string, question: string, ack: (of: unknown) => void) => {
      ack(await socket.to(room).timeout(5_000).emitWithAck("question", question));
    });
  });
}

const speeches: [what: string, args: unknown[]][] = [
  ["a word", ["größe 👋"]],
  ["several arguments", [1, 2.5, true, null, { a: [1] }]],
  ["bytes", [{ $hex: "00ff" }]],
  ["bytes within", [{ name: "x", parts: [{ $hex: "01" }, { $hex: "" }] }, "after"]],
];

describe("python-socketio and plain python in one room", { skip: pythonSkip }, () => {
  let world: PlainWorld;
  let socketio: PythonClient;
  let plain: Child;

  before(async () => {
    world = await PlainWorld.open({}, setup);
    socketio = new PythonClient();
    await socketio.connect(world.url, {
      auth: { token: "python" },
      transports: ["websocket"],
      namespaces: ["/"],
    });
    plain = pythonPeer("plain_client.py", `${world.url.replace("http", "ws")}/hawser/ws`, "python");
    plain.send({ connect: {} });
    await plain.line("connected", (line) => "connected" in line);
    await socketio.call("join", ["room"]);
    plain.send({ event: "join", data: ["room"], id: 0 });
    await plain.line("the answer to join", (line) => line["ack"] === 0);
  });
  after(async () => {
    await plain.end();
    await socketio.end();
    await world.close();
  });

  for (const [what, args] of speeches) {
    it(`${what}: from python-socketio to plain python`, async () => {
      await socketio.emit("say", ["room", ...unpacked(args)]);
      const { data } = await plain.line("said", (line) => line["event"] === "said");
      assert.deepEqual(data, args);
    });

    it(`${what}: from plain python to python-socketio`, async () => {
      plain.send({ event: "say", data: ["room", ...args] });
      assert.deepEqual(await socketio.heard("said"), args);
    });
  }

  it("each asks the other, and gets the answer", async () => {
    const asked = socketio.call("ask all", ["room", "plain one?"]);
    const question = await plain.line("question", (line) => line["event"] === "question");
    plain.send({ ack: question["id"], data: ["yes"] });
    assert.deepEqual(await asked, ["yes"]);
  });

  it("a wrong token is refused, as in a message", async () => {
    const stranger = pythonPeer(
      "plain_client.py",
      `${world.url.replace("http", "ws")}/hawser/ws?connect`,
      "stranger",
    );
    const { error } = await stranger.line("error", (line) => "error" in line);
    assert.equal((error as { code: string }).code, "REFUSED");
    await stranger.end();
  });
});

/** {"$hex"} as bytes. */
function unpacked(value: unknown[]): unknown[] {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    const hex = (item as { $hex?: string } | null)?.$hex;
    return hex === undefined ? item : Buffer.from(hex, "hex");
  }) as unknown[];
}
