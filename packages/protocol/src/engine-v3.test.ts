import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEnginePacketV3, encodeBinaryAsTextV3, encodeBinaryV3 } from "./engine-packet-v3.ts";
import {
  decodeBinaryPayloadV3,
  decodePayloadV3,
  encodeBinaryPayloadV3,
  encodePayloadV3,
} from "./engine-payload-v3.ts";
import { ProtocolError } from "./errors.ts";

interface Packet {
  type: string;
  data?: string | Uint8Array;
}

/** npm engine.io-parser 2, as socket.io-client 2 has it. */
interface Original {
  encodePayload(packets: Packet[], binary: boolean, done: (body: string | Buffer) => void): void;
  decodePayload(body: string | Buffer, each: (packet: Packet) => void): void;
}

const require = createRequire(import.meta.url);
const original = createRequire(require.resolve("engine.io-client-3"))(
  "engine.io-parser",
) as Original;

const encodedByOriginal = (packets: Packet[], binary: boolean): string | Buffer => {
  let encoded: string | Buffer = "";
  original.encodePayload(packets, binary, (body) => (encoded = body));
  return encoded;
};

const packets: Packet[] = [
  { type: "message", data: "é€😀" },
  { type: "message", data: Buffer.of(1, 2, 255) },
  { type: "ping", data: "probe" },
  { type: "noop" },
];
const encoded = ["4é€😀", Buffer.of(1, 2, 255), "2probe", "6"];
const plain = (list: readonly Packet[]): unknown[] =>
  list.map(({ type, data }) => [type, typeof data === "object" ? [...data] : data]);

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "none";
};

describe("a payload of Engine.IO 3", () => {
  it("agrees with npm engine.io-parser 2, as text", () => {
    const body = encodePayloadV3(encoded);
    expect(body).toBe(encodedByOriginal(packets, false));
    expect(plain(decodePayloadV3(body) as Packet[])).toEqual(plain(packets));
  });

  it("agrees with npm engine.io-parser 2, as bytes", () => {
    const body = encodeBinaryPayloadV3(encoded);
    expect(Buffer.from(body)).toEqual(encodedByOriginal(packets, true));
    expect(plain(decodeBinaryPayloadV3(body) as Packet[])).toEqual(plain(packets));
  });

  it("is read by npm engine.io-parser 2", () => {
    for (const body of [encodePayloadV3(encoded), Buffer.from(encodeBinaryPayloadV3(encoded))]) {
      const seen: Packet[] = [];
      original.decodePayload(body, (packet) => seen.push(packet));
      expect(plain(seen)).toEqual(plain(packets));
    }
  });

  it("comes back as it was, whatever it holds", () => {
    const messages = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()), {
      minLength: 1,
    });
    fc.assert(
      fc.property(messages, (list) => {
        const wire = list.map((message) => (typeof message === "string" ? `4${message}` : message));
        const wanted = list.map((message) => (message === "" ? undefined : message));
        const read = decodePayloadV3(encodePayloadV3(wire)).map(({ data }) => data);
        const readBytes = decodeBinaryPayloadV3(encodeBinaryPayloadV3(wire));
        expect(read).toEqual(wanted);
        expect(readBytes.map(({ data }) => data)).toEqual(wanted);
      }),
    );
  });

  it.each([
    ["", "PAYLOAD_LENGTH"],
    ["1", "PAYLOAD_LENGTH"],
    [":", "PAYLOAD_LENGTH"],
    ["1:", "PAYLOAD_LENGTH"],
    ["3:4a", "PAYLOAD_LENGTH"],
    ["-1:4", "PAYLOAD_LENGTH"],
    ["1e0:4", "PAYLOAD_LENGTH"],
    ["00000000000000001:4", "PAYLOAD_LENGTH"],
    ["2:4a5", "PAYLOAD_LENGTH"],
    ["0:", "ENGINE_PACKET_EMPTY"],
    ["2:9a", "ENGINE_PACKET_TYPE"],
    ["1:b", "ENGINE_PACKET_EMPTY"],
    ["2:b2", "ENGINE_BINARY_UNEXPECTED"],
    ["5:b4AQI", "BASE64_INVALID"],
  ])("refuses %j", (body, code) => {
    expect(refusal(() => decodePayloadV3(body))).toBe(code);
  });

  it.each([
    [[], "PAYLOAD_LENGTH"],
    [[2, 1, 255, 52], "PAYLOAD_LENGTH"],
    [[0, 255, 52], "PAYLOAD_LENGTH"],
    [[0, 1], "PAYLOAD_LENGTH"],
    [[0, 10, 255, 52], "PAYLOAD_LENGTH"],
    [[0, 2, 255, 52], "PAYLOAD_LENGTH"],
    [[1, 0, 255], "ENGINE_PACKET_EMPTY"],
    [[1, 1, 255, 9], "ENGINE_PACKET_TYPE"],
    [[1, 1, 255, 2], "ENGINE_BINARY_UNEXPECTED"],
  ])("refuses the bytes %j", (bytes, code) => {
    expect(refusal(() => decodeBinaryPayloadV3(Uint8Array.from(bytes)))).toBe(code);
  });

  it("counts packets while it reads", () => {
    const limits = { payloadPacketsMax: 2 };
    expect(decodePayloadV3("1:61:6", limits)).toHaveLength(2);
    const three = ["6", "6", "6"];
    const code = "PAYLOAD_PACKETS_TOO_MANY";
    expect(refusal(() => decodePayloadV3(encodePayloadV3(three), limits))).toBe(code);
    expect(refusal(() => decodeBinaryPayloadV3(encodeBinaryPayloadV3(three), limits))).toBe(code);
  });

  it("throws nothing but its own errors at any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        refusal(() => decodeBinaryPayloadV3(bytes));
        refusal(() => decodePayloadV3(Buffer.from(bytes).toString()));
      }),
    );
  });
});

describe("a packet of Engine.IO 3", () => {
  it("carries the type in front of binary", () => {
    expect(encodeBinaryV3(Uint8Array.of(7))).toEqual(Uint8Array.of(4, 7));
    expect(decodeEnginePacketV3(Uint8Array.of(4, 7))).toEqual({
      type: "message",
      data: Uint8Array.of(7),
    });
    expect(encodeBinaryAsTextV3(Uint8Array.of(7))).toBe("b4Bw==");
    expect(decodeEnginePacketV3("b4Bw==").data).toEqual(Uint8Array.of(7));
    expect(decodeEnginePacketV3("4b")).toEqual({ type: "message", data: "b" });
  });
});
