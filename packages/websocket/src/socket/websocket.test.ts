import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  cleanUpAll,
  closing,
  dial,
  failure,
  listen,
  listenHttp,
  pair,
} from "../testing/sockets.ts";
import { WebSocket } from "./websocket.ts";

afterEach(cleanUpAll);

describe("messages", () => {
  it("arrive as Buffers with on, and as strings or Buffers with addEventListener", async () => {
    const { client, peer } = await pair();
    const seen: unknown[] = [];
    peer.on("message", (data, isBinary) =>
      seen.push([Buffer.isBuffer(data), (data as Buffer).toString(), isBinary]),
    );
    peer.addEventListener("message", ({ data, type, target }) =>
      seen.push([data, type, target === peer]),
    );
    client.send("grüße");
    client.send(Buffer.from([1]));
    await vi.waitUntil(() => seen.length === 4);
    expect(seen).toEqual([
      [true, "grüße", false],
      ["grüße", "message", true],
      [true, "\u0001", true],
      [Buffer.from([1]), "message", true],
    ]);
  });

  it("can be sent in every form", async () => {
    const { client, peer } = await pair();
    const seen: string[] = [];
    peer.on("message", (data, isBinary) =>
      seen.push(`${isBinary} ${(data as Buffer).toString("hex")}`),
    );
    const memory = Uint8Array.of(9, 1, 2, 3, 9).buffer;
    client.send(new Uint8Array(memory, 1, 3));
    client.send(new DataView(memory, 1, 2));
    client.send(memory);
    client.send(new Uint16Array([0x0102]));
    client.send(42);
    client.send(Buffer.from("text"), { binary: false });
    client.send("binary", { binary: true });
    client.send("a", { fin: false });
    client.send("b", { fin: false });
    client.send("c");
    client.send(Buffer.alloc(20_000, 1));
    await vi.waitUntil(() => seen.length === 9);
    const hex = (text: string): string => Buffer.from(text).toString("hex");
    expect(seen).toEqual([
      "true 010203",
      "true 0102",
      "true 0901020309",
      "true 0201",
      `false ${hex("42")}`,
      `false ${hex("text")}`,
      `true ${hex("binary")}`,
      `false ${hex("abc")}`,
      `true ${"01".repeat(20_000)}`,
    ]);
    expect(() => client.send({} as never)).toThrow(TypeError);
    expect(() => client.send(true as never)).toThrow(TypeError);
  });

  it("may change their buffer as soon as send has returned", async () => {
    const { client, peer } = await pair();
    const seen: number[] = [];
    client.on("message", (data) => seen.push((data as Buffer).readUInt8(0)));
    const bytes = Buffer.alloc(1_000);
    for (let n = 0; n < 5; n++) {
      bytes.fill(n);
      peer.send(bytes);
    }
    await vi.waitUntil(() => seen.length === 5);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it("come in the form that binaryType says", async () => {
    const { client, peer } = await pair();
    for (const [type, check] of [
      ["arraybuffer", (data: unknown) => data instanceof ArrayBuffer && data.byteLength === 3],
      [
        "fragments",
        (data: unknown) => Array.isArray(data) && Buffer.concat(data as Buffer[]).length === 3,
      ],
      ["blob", (data: unknown) => data instanceof Blob && data.size === 3],
      ["nodebuffer", (data: unknown) => Buffer.isBuffer(data) && data.length === 3],
    ] as const) {
      peer.binaryType = type;
      client.send(Buffer.from("abc"));
      const [data] = (await once(peer, "message")) as [unknown];
      expect(check(data)).toBe(true);
    }
    peer.binaryType = "unknown" as never;
    expect(peer.binaryType).toBe("nodebuffer");
  });

  it("call back when they are written", async () => {
    const { client } = await pair();
    const told: unknown[] = [];
    client.send("a", (error) => told.push(error));
    client.send("b", {}, (error) => told.push(error));
    client.send("c", undefined, (error) => told.push(error));
    client.send(Buffer.alloc(100_000), (error) => told.push(error));
    await vi.waitUntil(() => told.length === 4);
    expect(told).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("stop and go on with pause and resume", async () => {
    const { client, peer } = await pair();
    const seen: string[] = [];
    peer.on("message", (data) => seen.push((data as Buffer).toString()));
    peer.pause();
    expect(peer.isPaused).toBe(true);
    client.send("x");
    // A whole round trip on another line, and still nothing here.
    const other = await pair();
    other.client.ping();
    await once(other.client, "pong");
    expect(seen).toEqual([]);
    peer.resume();
    await once(peer, "message");
    expect(seen).toEqual(["x"]);
  });
});

describe("pings and pongs", () => {
  it("are answered, and told on both sides", async () => {
    const { client, peer } = await pair();
    const pinged = once(peer, "ping");
    client.ping("hello");
    expect((await once(client, "pong"))[0]).toEqual(Buffer.from("hello"));
    expect((await pinged)[0]).toEqual(Buffer.from("hello"));
    const told = once(peer, "pong");
    client.pong(Buffer.from("unasked"), true, () => {});
    expect((await told)[0]).toEqual(Buffer.from("unasked"));
  });

  it("are left alone without autoPong", async () => {
    const { client, peer } = await pair({ autoPong: false });
    const pongs: unknown[] = [];
    client.on("pong", (data) => pongs.push(String(data)));
    client.ping("1");
    await once(peer, "ping");
    peer.pong("by hand");
    await vi.waitUntil(() => pongs.length === 1);
    expect(pongs).toEqual(["by hand"]);
  });
});

describe("events as in a browser", () => {
  it("go to attributes, functions and objects; each once where asked", async () => {
    const { client, peer } = await pair();
    const seen: string[] = [];
    const listener = (): void => void seen.push("function");
    const object = { handleEvent: () => void seen.push("object") };
    client.addEventListener("message", listener);
    client.addEventListener("message", listener);
    client.addEventListener("message", object);
    client.addEventListener("message", () => seen.push("once"), { once: true });
    client.onmessage = () => seen.push("replaced");
    client.onmessage = function attribute(event) {
      seen.push(`attribute ${this === client && event.target === client}`);
    };
    expect(client.onmessage?.name).toBe("attribute");
    expect(client.onopen).toBeNull();
    peer.send("1");
    await vi.waitUntil(() => seen.length === 4);
    expect(seen).toEqual(["function", "object", "once", "attribute true"]);
    client.removeEventListener("message", listener);
    client.removeEventListener("message", object);
    client.onmessage = null;
    client.addEventListener("message", () => seen.push("last"));
    peer.send("2");
    await vi.waitUntil(() => seen.length > 4);
    expect(seen.slice(4)).toEqual(["last"]);
  });

  it("tell of open, close and error", async () => {
    const { url } = await listen();
    const client = dial(url);
    const seen: unknown[] = [];
    client.onopen = ({ type }) => {
      seen.push(type);
      client.close(4000, "done");
    };
    client.onclose = ({ code, reason, wasClean }) => seen.push([code, reason, wasClean]);
    await once(client, "close");
    expect(seen).toEqual(["open", [4000, "done", true]]);
    const failing = dial("ws://127.0.0.1:1");
    failing.onerror = ({ error, message }) => seen.push(error.message === message);
    failing.onclose = ({ wasClean }) => seen.push(wasClean);
    await closing(failing);
    expect(seen.slice(2)).toEqual([true, false]);
  });
});

describe("states", () => {
  it("follow the connection, and say what send does in each", async () => {
    const { url } = await listen();
    const client = dial(url, "proto");
    expect(client.readyState).toBe(client.CONNECTING);
    expect(client.url).toBe(`${url}/`);
    expect(() => client.send("x")).toThrow(/not open: readyState 0 \(CONNECTING\)/);
    expect(() => client.ping()).toThrow(/CONNECTING/);
    await once(client, "open");
    expect([client.readyState, client.protocol, client.extensions]).toEqual([
      WebSocket.OPEN,
      "proto",
      "",
    ]);
    client.close();
    expect(client.readyState).toBe(WebSocket.CLOSING);
    const late = new Promise((resolve) => client.send("1234", resolve));
    expect(await late).toMatchObject({ code: "WS_NOT_OPEN" });
    expect(client.bufferedAmount).toBeGreaterThanOrEqual(4);
    await once(client, "close");
    expect(client.readyState).toBe(WebSocket.CLOSED);
    client.send(Buffer.alloc(6));
    expect(client.bufferedAmount).toBe(10);
    client.close();
    client.terminate();
    client.pause();
  });

  it("a close code or reason that cannot be sent throws, and changes nothing", async () => {
    const { client } = await pair();
    expect(() => client.close(1006)).toThrow(/may not be sent/);
    expect(() => client.close(1000, "x".repeat(124))).toThrow(/longer/);
    expect(() => client.close(1000, 5 as never)).toThrow(/must be a string/);
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it("close and terminate give up a handshake", async () => {
    const silent = await listenHttp(createServer());
    for (const how of ["close", "terminate"] as const) {
      const client = dial(`ws://${silent}`);
      client[how]();
      expect(client.readyState).toBe(WebSocket.CLOSING);
      expect(await failure(client)).toMatchObject({ code: "WS_HANDSHAKE_ABORTED" });
    }
  });

  it("close codes and reasons travel both ways", async () => {
    const { client, peer } = await pair();
    peer.close(4321, Buffer.from("grüße"));
    const [code, reason] = (await once(client, "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4321, "grüße"]);
    const other = await pair();
    other.client.close();
    expect((await once(other.peer, "close"))[0]).toBe(1005);
  });

  it("an error of the peer's without a listener ends the line and nothing else", async () => {
    const { client, peer } = await pair({ maxPayload: 10 });
    client.send("12345678901");
    expect(await closing(peer)).toBe(1006);
    expect(await closing(dial("ws://127.0.0.1:1"))).toBe(1006);
  });

  it("maxPayload 0 is no limit", async () => {
    const { client, peer } = await pair({ maxPayload: 0 });
    client.send(Buffer.alloc(3_000_000));
    expect(((await once(peer, "message"))[0] as Buffer).length).toBe(3_000_000);
  });

  it("an error of the peer's is told to those who listen", async () => {
    const { client, peer } = await pair({ maxPayload: 10 });
    client.send("12345678901");
    expect((await once(peer, "error"))[0]).toMatchObject({
      code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
      cause: { code: "WS_PAYLOAD_TOO_BIG", closeCode: 1009 },
    });
    expect((await once(client, "close"))[0]).toBe(1009);
  });
});
