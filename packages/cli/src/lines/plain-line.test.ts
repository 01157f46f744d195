import { createServer } from "node:http";
import {
  PlainDecoder,
  decodePlainMsgpack,
  encodePlain,
  encodePlainMsgpack,
} from "@hawser/protocol";
import { WebSocketServer } from "@hawser/websocket";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlainLine } from "./plain-line.ts";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PlainReply, PlainRequest } from "@hawser/protocol";
import type { WebSocket } from "@hawser/websocket";
import type { LineHandler, LineOptions } from "./line.ts";

/** One client as the server sees it. */
interface Peer {
  readonly socket: WebSocket;
  readonly said: PlainRequest[];
  tell(message: PlainReply): void;
}

/** What a line tells, as a list, and a way to wait for it. */
class Heard implements LineHandler {
  readonly all: unknown[][] = [];
  #waiting: (() => void)[] = [];

  onOpen(about: object): void {
    this.#put(["open", about]);
  }
  onEvent(event: string, data: unknown[], extra: object): void {
    this.#put(["event", event, data, extra]);
  }
  onNotice(type: string, _text: string, fields: object): void {
    this.#put(["notice", type, fields]);
  }
  onLoss(loss: object): void {
    this.#put(["loss", loss]);
  }
  #put(it: unknown[]): void {
    this.all.push(it);
    for (const done of this.#waiting.splice(0)) done();
  }
  async next(kind: string, index = 0): Promise<unknown[]> {
    for (;;) {
      const found = this.all.filter((it) => it[0] === kind)[index];
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

let http: Server;
let sockets: WebSocketServer;
let url: URL;
let onPeer: (peer: Peer, message: PlainRequest) => void;
const open: PlainLine[] = [];

function lineTo(
  handler: LineHandler,
  more: Partial<LineOptions> = {},
  isMsgpack = false,
): PlainLine {
  const options: LineOptions = {
    url,
    namespace: "/",
    auth: undefined,
    token: undefined,
    headers: {},
    rooms: [],
    session: false,
    insecure: false,
    transports: undefined,
    protocols: [],
    agent: undefined,
    onPolled: undefined,
    ...more,
  };
  const line = new PlainLine(options, handler, isMsgpack);
  open.push(line);
  line.open();
  return line;
}

beforeEach(async () => {
  http = createServer();
  sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (socket) => {
    const isMsgpack = socket.protocol === "hawser.v1.msgpack";
    const decoder = new PlainDecoder("client");
    const peer: Peer = {
      socket,
      said: [],
      tell(message) {
        if (isMsgpack) {
          socket.send(encodePlainMsgpack(message));
          return;
        }
        const { text, attachments } = encodePlain(message);
        for (const it of [text, ...attachments]) socket.send(it as string);
      },
    };
    socket.on("message", (data, isBinary) => {
      const bytes = data as Buffer;
      const message = isMsgpack
        ? decodePlainMsgpack(bytes)
        : isBinary
          ? decoder.decodeBinary(bytes)
          : decoder.decodeText(bytes.toString("utf8"));
      if (message === undefined) return;
      peer.said.push(message);
      onPeer(peer, message);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = new URL(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/hawser/ws`);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => it.close()));
  sockets.close();
  http.closeAllConnections();
  http.close();
});

describe.each([false, true])("a plain line (MessagePack: %s)", (isMsgpack) => {
  it("enters its namespace, and what was said before goes out then", async () => {
    const heard = new Heard();
    let answer!: (data: unknown[]) => void;
    const answered = new Promise<unknown[]>((resolve) => (answer = resolve));
    onPeer = (peer, message) => {
      if (message.type === "connect") {
        expect(message).toMatchObject({ namespace: "/shop", auth: { token: "t" } });
        peer.tell({ type: "connected", id: "s1", namespace: "/shop" });
      } else if (message.type === "event") {
        peer.tell({ type: "ack", id: message.id!, data: message.data, namespace: "/shop" });
      }
    };
    const line = lineTo(heard, { namespace: "/shop", auth: { token: "t" } }, isMsgpack);
    line.emit("buy", ["soup", Buffer.from([1, 2])], answer);
    expect(await heard.next("open")).toMatchObject(["open", { id: "s1" }]);
    const [text, bytes] = await answered;
    expect([text, Buffer.from(bytes as Uint8Array)]).toEqual(["soup", Buffer.from([1, 2])]);
  });

  it("hears events, and acknowledges them", async () => {
    const heard = new Heard();
    let acked!: (message: PlainRequest) => void;
    const ack = new Promise<PlainRequest>((resolve) => (acked = resolve));
    onPeer = (peer, message) => {
      if (message.type === "ack") acked(message);
      if (message.type !== "connect") return;
      peer.tell({ type: "connected", id: "s1" });
      peer.tell({ type: "event", event: "ask", data: [Buffer.from("x")], id: 5 });
    };
    lineTo(heard, {}, isMsgpack);
    const [, event, data, extra] = await heard.next("event");
    expect([event, Buffer.from((data as Uint8Array[])[0]!).toString()]).toEqual(["ask", "x"]);
    (extra as { answer: (it: string) => void }).answer("yes");
    expect(await ack).toMatchObject({ type: "ack", id: 5, data: ["yes"] });
  });

  it("recovers its session from where it was", async () => {
    const heard = new Heard();
    onPeer = (peer, message) => {
      if (message.type === "connect") {
        expect(message.session).toBe(true);
        peer.tell({
          type: "connected",
          id: "s1",
          session: "key1",
          position: "e.1",
          recovered: false,
        });
        peer.tell({ type: "event", event: "said", data: [1], position: "e.2" });
      } else if (message.type === "recover") {
        peer.tell({
          type: "connected",
          id: "s1",
          session: "key2",
          position: "e.4",
          recovered: true,
        });
        peer.tell({ type: "event", event: "said", data: [2], position: "e.3" });
        peer.tell({ type: "live", position: "e.4" });
        expect(message).toMatchObject({ session: "key1", position: "e.2" });
      }
    };
    const line = lineTo(heard, { session: true }, isMsgpack);
    await heard.next("event");
    for (const it of sockets.clients) it.close(1001, '{"code":"SHUTDOWN","retry":700}');
    expect(await heard.next("loss")).toEqual([
      "loss",
      { reason: "closed 1001 SHUTDOWN", refused: false, clean: false, retry: 700 },
    ]);
    line.open();
    expect(await heard.next("open", 1)).toMatchObject(["open", { recovered: true }]);
    expect(await heard.next("event", 1)).toMatchObject(["event", "said", [2], { position: "e.3" }]);
    expect(await heard.next("notice")).toEqual(["notice", "live", { position: "e.4" }]);
  });
});

describe("a plain line", () => {
  it("tells a refusal, and what stands beside it", async () => {
    const heard = new Heard();
    onPeer = (peer) =>
      peer.tell({ type: "error", code: "REFUSED", message: "who are you?", data: { status: 401 } });
    lineTo(heard);
    const [, loss] = await heard.next("loss");
    expect(loss).toEqual({ reason: "REFUSED: who are you?", refused: true, data: { status: 401 } });
  });

  it("goes on after an error, and tells rooms and resets", async () => {
    const heard = new Heard();
    onPeer = (peer, message) => {
      if (message.type === "connect") peer.tell({ type: "connected", id: "s1" });
      if (message.type !== "subscribe") return;
      peer.tell({ type: "subscribed", rooms: ["a"] });
      peer.tell({ type: "error", code: "SUBSCRIBE_REFUSED", message: "no", at: "/subscribe/1" });
      peer.tell({ type: "reset", reason: "retention", room: "a" });
      peer.tell({ type: "event", event: "still", data: [] });
    };
    const line = lineTo(heard);
    line.subscribe(["a", "b"], false);
    await heard.next("event");
    expect(heard.all.slice(1, 4)).toMatchObject([
      ["notice", "subscribed", { rooms: ["a"] }],
      ["notice", "error", { code: "SUBSCRIBE_REFUSED", at: "/subscribe/1" }],
      ["notice", "reset", { reason: "retention", room: "a" }],
    ]);
  });

  it("does not come back when the server says so", async () => {
    const heard = new Heard();
    onPeer = ({ socket }) => socket.close(4003, '{"code":"TAKEN","retry":false}');
    lineTo(heard);
    expect((await heard.next("loss"))[1]).toMatchObject({
      reason: "closed 4003 TAKEN",
      retry: false,
    });
  });

  it("stands a server that says what is no message", async () => {
    const heard = new Heard();
    onPeer = ({ socket }) => socket.send("{");
    lineTo(heard);
    expect(await heard.next("notice")).toEqual([
      "notice",
      "malformed",
      { message: "Invalid JSON" },
    ]);
  });

  it("is refused by HTTP", async () => {
    const heard = new Heard();
    http.removeAllListeners("upgrade");
    http.on("upgrade", (_request, socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 18\r\n\r\n{"supported":["x"]}'),
    );
    lineTo(heard);
    const [, loss] = await heard.next("loss");
    expect(loss).toMatchObject({
      refused: true,
      reason: expect.stringContaining("HTTP 400") as string,
    });
  });
});
