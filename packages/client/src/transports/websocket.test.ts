import { beforeEach, describe, expect, it } from "vitest";
import type { TransportError } from "../errors.ts";
import type { Packet, RawData, TransportOptions } from "./transport.ts";
import type { WebSocketLike } from "./websocket.ts";
import { WebSocketTransport } from "./websocket.ts";

class FakeSocket implements WebSocketLike {
  binaryType = "";
  onopen: WebSocketLike["onopen"] = null;
  onmessage: WebSocketLike["onmessage"] = null;
  onerror: WebSocketLike["onerror"] = null;
  onclose: WebSocketLike["onclose"] = null;
  readonly sent: RawData[] = [];
  closed = 0;
  send(data: RawData): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed++;
  }
}

class TestTransport extends WebSocketTransport {
  readonly fake = new FakeSocket();
  asked: unknown[] = [];
  error: Error | undefined;
  protected connect(...args: [string, string | string[] | undefined]): WebSocketLike {
    this.asked = args;
    if (this.error) throw this.error;
    return this.fake;
  }
}

describe("WebSocketTransport", () => {
  let told: unknown[][];

  function make(options: Partial<TransportOptions> = {}): TestTransport {
    const transport = new TestTransport({
      query: { EIO: "4", transport: "websocket" },
      hostname: "[::1]",
      port: "",
      secure: true,
      path: "/socket.io/",
      binaryType: "arraybuffer",
      ...options,
    });
    transport.handler = {
      onOpen: () => told.push(["open"]),
      onPacket: (packet) => told.push(["packet", packet.type, packet.data]),
      onDrain: () => told.push(["drain"]),
      onError: (error) =>
        told.push(["error", error.message, (error as TransportError).description]),
      onClose: (details) => told.push(["close", details]),
    };
    return transport;
  }

  beforeEach(() => {
    told = [];
  });

  it("connects to the address with the query, stamped only on demand", () => {
    const transport = make();
    transport.open();
    expect(transport.asked).toEqual([
      "wss://[::1]/socket.io/?EIO=4&transport=websocket",
      undefined,
    ]);
    transport.fake.onopen!();
    expect(transport.fake.binaryType).toBe("arraybuffer");
    const stamped = make({ timestampRequests: true, protocols: ["a"], secure: false });
    stamped.open();
    expect(stamped.asked[0]).toMatch(
      /^ws:\/\/\[::1\]\/socket.io\/\?EIO=4&transport=websocket&t=[\w.-]+$/,
    );
    expect(stamped.asked[1]).toEqual(["a"]);
  });

  it("hands over text as packets and binary as messages", () => {
    const transport = make();
    transport.open();
    transport.fake.onopen!();
    const binary = new ArrayBuffer(3);
    for (const data of ["0{}", "4a", "2", binary]) transport.fake.onmessage!({ data });
    expect(told).toEqual([
      ["open"],
      ["packet", "open", "{}"],
      ["packet", "message", "a"],
      ["packet", "ping", undefined],
      ["packet", "message", binary],
    ]);
  });

  it("sends packets one by one, binary as it is, and is writable again after the tick", async () => {
    const transport = make();
    transport.open();
    expect(transport.writable).toBe(false);
    transport.fake.onopen!();
    const bytes = new Uint8Array([1]);
    const blob = new Blob(["x"]);
    const packets: Packet[] = [
      { type: "message", data: "a" },
      { type: "message", data: bytes },
      { type: "message", data: blob },
      { type: "pong" },
    ];
    transport.send(packets);
    transport.send([{ type: "message", data: "b" }]);
    expect(transport.fake.sent).toEqual(["4a", bytes, blob, "3", "4b"]);
    expect(transport.writable).toBe(false);
    await Promise.resolve();
    expect(transport.writable).toBe(true);
    expect(told.filter(([what]) => what === "drain")).toHaveLength(1);
  });

  it("speaks base64 when it was told to", () => {
    const transport = make({ forceBase64: true });
    transport.open();
    expect(transport.asked[0]).toContain("b64=1");
    transport.fake.onopen!();
    transport.send([{ type: "message", data: new Uint8Array([1, 2, 3]) }]);
    expect(transport.fake.sent).toEqual(["bAQID"]);
    transport.fake.onmessage!({ data: "bAQID" });
    expect(told.at(-1)).toEqual(["packet", "message", new Uint8Array([1, 2, 3]).buffer]);
  });

  it("sends a Blob as it is even then, which the server takes as well", () => {
    const transport = make({ forceBase64: true });
    transport.open();
    transport.fake.onopen!();
    const blob = new Blob(["abc"]);
    transport.send([{ type: "message", data: blob }]);
    expect(transport.fake.sent).toEqual([blob]);
  });

  it.each(["", "9", "x", " {}"])("fails on the message %j", (data) => {
    const transport = make();
    transport.open();
    transport.fake.onopen!();
    transport.fake.onmessage!({ data });
    expect(told.at(-1)).toEqual(["error", "server error", "parser error"]);
  });

  it("fails once, with the event as the description", () => {
    const transport = make();
    transport.open();
    const event = { type: "error" };
    transport.fake.onerror!(event);
    transport.fake.onclose!({ code: 1006 });
    expect(told).toEqual([["error", "websocket error", event]]);
  });

  it("fails later when the socket cannot even be made", async () => {
    const transport = make();
    transport.error = new SyntaxError("bad protocol");
    transport.open();
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([["error", "websocket error", transport.error]]);
    transport.close();
  });

  it("closes when the socket does", () => {
    const transport = make();
    transport.open();
    transport.fake.onopen!();
    const event = { code: 1001 };
    transport.fake.onclose!(event);
    expect(told.at(-1)).toEqual([
      "close",
      { description: "websocket connection closed", context: event },
    ]);
  });

  it("says nothing after it was closed from above", async () => {
    const transport = make();
    transport.open();
    transport.fake.onopen!();
    transport.send([{ type: "pong" }]);
    transport.close();
    expect(transport.fake.closed).toBe(1);
    transport.fake.onmessage!({ data: "4late" });
    transport.fake.onerror!({});
    transport.fake.onclose!({});
    await Promise.resolve();
    expect(told).toEqual([["open"]]);
  });
});
