import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPeersFault, protocolError, thrownBy } from "../testing/expect-error.ts";
import { decodeAll } from "../testing/wire.ts";
import type { ProtocolErrorCode } from "./errors.ts";
import { resolveLimits } from "./limits.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType } from "./socket-packet.ts";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PacketType;

function decode(text: string, offset?: number): SocketPacket | undefined {
  return new SocketDecoder().decodeText(text, offset);
}

const valid: [string, SocketPacket][] = [
  ["0", { type: CONNECT, nsp: "/" }],
  ['0{"token":"1"}', { type: CONNECT, nsp: "/", data: { token: "1" } }],
  ["0/admin", { type: CONNECT, nsp: "/admin" }],
  ["0/admin,", { type: CONNECT, nsp: "/admin" }],
  ["0/admin,{}", { type: CONNECT, nsp: "/admin", data: {} }],
  ["0/admin?token=1,", { type: CONNECT, nsp: "/admin", query: "token=1" }],
  ["0/?a=1?b,{}", { type: CONNECT, nsp: "/", query: "a=1?b", data: {} }],
  ["0/a?,", { type: CONNECT, nsp: "/a", query: "" }],
  ["1", { type: DISCONNECT, nsp: "/" }],
  ["1/admin,", { type: DISCONNECT, nsp: "/admin" }],
  ['2["a"]', { type: EVENT, nsp: "/", data: ["a"] }],
  ['2[7,"x"]', { type: EVENT, nsp: "/", data: [7, "x"] }],
  ['2["a",{"b":[1]}]', { type: EVENT, nsp: "/", data: ["a", { b: [1] }] }],
  ['2/,["a"]', { type: EVENT, nsp: "/", data: ["a"] }],
  ['20["a"]', { type: EVENT, nsp: "/", data: ["a"], id: 0 }],
  ['2/x,12["a,b"]', { type: EVENT, nsp: "/x", data: ["a,b"], id: 12 }],
  ['29007199254740991["a"]', { type: EVENT, nsp: "/", data: ["a"], id: 9007199254740991 }],
  ["37[]", { type: ACK, nsp: "/", data: [], id: 7 }],
  ['3/x,7["connect"]', { type: ACK, nsp: "/x", data: ["connect"], id: 7 }],
  ['4"no"', { type: CONNECT_ERROR, nsp: "/", data: "no" }],
  ['4/x,{"message":"no"}', { type: CONNECT_ERROR, nsp: "/x", data: { message: "no" } }],
];

const invalid: [string, ProtocolErrorCode][] = [
  ["", "PACKET_TYPE"],
  ["7", "PACKET_TYPE"],
  ["-1", "PACKET_TYPE"],
  ["a", "PACKET_TYPE"],
  [" 2", "PACKET_TYPE"],
  ["\u0132", "PACKET_TYPE"],
  ["0[]", "PACKET_DATA"],
  ["0null", "PACKET_DATA"],
  ['0"x"', "PACKET_DATA"],
  ["1{}", "PACKET_DATA"],
  ["2", "PACKET_DATA"],
  ["2[]", "PACKET_DATA"],
  ["2{}", "PACKET_DATA"],
  ["2/x", "PACKET_DATA"],
  ['2/x["a"]', "PACKET_DATA"],
  ["21", "PACKET_DATA"],
  ["2[null]", "EVENT_NAME"],
  ['2[{"toString":"x"}]', "EVENT_NAME"],
  ['2/x,["connect"]', "EVENT_RESERVED"],
  ['2["disconnecting",1]', "EVENT_RESERVED"],
  ['2["a"', "JSON_INVALID"],
  ['2["a"]x', "JSON_INVALID"],
  ['2-1["a"]', "JSON_INVALID"],
  ['21.5["a"]', "JSON_INVALID"],
  ['29007199254740992["a"]', "ACK_ID"],
  ['299999999999999999["a"]', "ACK_ID"],
  ['200000000000000001["a"]', "ACK_ID"],
  ["3[]", "ACK_ID"],
  ["31{}", "PACKET_DATA"],
  ["31", "PACKET_DATA"],
  ["4", "PACKET_DATA"],
  ["4null", "PACKET_DATA"],
  ["5", "ATTACHMENTS_ILLEGAL"],
  ["51", "ATTACHMENTS_ILLEGAL"],
  ["5-", "ATTACHMENTS_ILLEGAL"],
  ["5a-", "ATTACHMENTS_ILLEGAL"],
  ['50-["a"]', "ATTACHMENTS_ILLEGAL"],
  ['5-1-["a"]', "ATTACHMENTS_ILLEGAL"],
  ['51.5-["a"]', "ATTACHMENTS_ILLEGAL"],
  ['51e1-["a"]', "ATTACHMENTS_ILLEGAL"],
  ['5["a"]', "ATTACHMENTS_ILLEGAL"],
  ["6", "ATTACHMENTS_ILLEGAL"],
  ['51001-["a"]', "ATTACHMENTS_TOO_MANY"],
  ['59007199254740993-["a"]', "ATTACHMENTS_TOO_MANY"],
  [`5${"9".repeat(30)}-["a"]`, "ATTACHMENTS_ILLEGAL"],
  ["51-{}", "PACKET_DATA"],
  ["51-[]", "PACKET_DATA"],
  ['51-["connect"]', "EVENT_RESERVED"],
  ['51-[{"_placeholder":true,"num":0}]', "EVENT_NAME"],
  ['61-["a"]', "ACK_ID"],
];

describe("decodeText", () => {
  it.each(valid)("%s is %j", (text, packet) => {
    expect(decode(text)).toEqual(packet);
  });

  it.each(valid)("%s, read behind an Engine.IO digit, is the same", (text, packet) => {
    expect(decode(`4${text}`, 1)).toEqual(packet);
  });

  it.each(invalid)("%s is refused: %s", (text, code) => {
    expect(() => decode(text)).toThrow(protocolError(code));
    expect(() => decode(`4${text}`, 1)).toThrow(protocolError(code));
  });

  it("gives every packet the same shape", () => {
    const shapes = valid.map(([text]) => Object.keys(decode(text)!).join());
    expect(new Set(shapes).size).toBe(1);
  });

  it("keeps placeholders in a packet without attachments as they are", () => {
    const data = ["a", { _placeholder: true, num: 0 }];
    expect(decode(`2${JSON.stringify(data)}`)!.data).toEqual(data);
  });

  it("uses the reviver", () => {
    const reviver = (_: string, value: unknown) => (value === "2n" ? 2n : value);
    const decoder = new SocketDecoder(undefined, reviver);
    expect(decoder.decodeText('2["a",["2n"]]')!.data).toEqual(["a", [2n]]);
    expect(decodeAll('51-["a","2n"]', [Buffer.alloc(1)], decoder).data).toEqual(["a", 2n]);
  });

  it("reports a reviver that throws as its cause", () => {
    const mistake = new Error("mistake");
    const decoder = new SocketDecoder({}, () => {
      throw mistake;
    });
    expect(thrownBy(() => decoder.decodeText('2["a"]'))).toMatchObject({ cause: mistake });
  });
});

describe("attachments", () => {
  const header = '52-/x,3["a",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]';

  it("are awaited and put in as they are", () => {
    const decoder = new SocketDecoder();
    expect(decoder.pending).toBe(false);
    expect(decoder.decodeText(header)).toBeUndefined();
    expect(decoder.pending).toBe(true);
    expect(decoder.pendingBytes).toBe(header.length);
    const [first, second] = [Buffer.from("first"), new ArrayBuffer(3)];
    expect(decoder.decodeBinary(first)).toBeUndefined();
    expect(decoder.pendingBytes).toBe(header.length + 5);
    const packet = decoder.decodeBinary(second)!;
    expect(packet).toMatchObject({ type: EVENT, nsp: "/x", id: 3 });
    const data = packet.data as [string, unknown, [unknown]];
    expect(data[1]).toBe(second);
    expect(data[2][0]).toBe(first);
    expect(decoder.pending).toBe(false);
    expect(decoder.pendingBytes).toBe(0);
  });

  it("make an ACK of a BINARY_ACK", () => {
    const data = Buffer.from("x");
    const packet = decodeAll('61-0[{"_placeholder":true,"num":0}]', [data]);
    expect(packet).toEqual({ type: ACK, nsp: "/", id: 0, data: [data] });
  });

  it("may be empty, and may be named by no placeholder", () => {
    expect(decodeAll('51-["a"]', [Buffer.alloc(0)]).data).toEqual(["a"]);
  });

  it("that nobody awaits are refused", () => {
    const decoder = new SocketDecoder();
    const binary = () => decoder.decodeBinary(Buffer.alloc(1));
    expect(binary).toThrow(protocolError("BINARY_UNEXPECTED"));
    decodeAll('51-["a"]', [Buffer.alloc(1)], decoder);
    expect(binary).toThrow(protocolError("BINARY_UNEXPECTED"));
  });

  it("must not be interrupted by text, which ends the wait", () => {
    const decoder = new SocketDecoder();
    decoder.decodeText(header);
    expect(() => decoder.decodeText('2["b"]')).toThrow(protocolError("TEXT_UNEXPECTED"));
    expect(decoder.pending).toBe(false);
    expect(decoder.decodeText('2["b"]')).toMatchObject({ data: ["b"] });
  });

  it("are forgotten on reset", () => {
    const decoder = new SocketDecoder();
    decoder.decodeText(header);
    decoder.reset();
    expect(decoder.pending).toBe(false);
    expect(decoder.decodeText('2["b"]')).toMatchObject({ data: ["b"] });
  });

  it("with a wrong placeholder are not even awaited", () => {
    const decoder = new SocketDecoder();
    const text = '51-["a",{"_placeholder":true,"num":1}]';
    expect(() => decoder.decodeText(text)).toThrow(protocolError("ATTACHMENTS_ILLEGAL"));
    expect(decoder.pending).toBe(false);
  });
});

describe("limits", () => {
  it("attachmentsMax is inclusive", () => {
    const limits = { attachmentsMax: 2 };
    expect(new SocketDecoder(limits).decodeText('52-["a"]')).toBeUndefined();
    expect(() => new SocketDecoder(limits).decodeText('53-["a"]')).toThrow(
      protocolError("ATTACHMENTS_TOO_MANY"),
    );
    expect(() => new SocketDecoder({ attachmentsMax: 0 }).decodeText('51-["a"]')).toThrow(
      protocolError("ATTACHMENTS_TOO_MANY"),
    );
  });

  it("without attachmentsMax a count is still a safe integer", () => {
    const decoder = new SocketDecoder({ attachmentsMax: Infinity });
    expect(() => decoder.decodeText('59007199254740993-["a"]')).toThrow(
      protocolError("ATTACHMENTS_TOO_MANY"),
    );
  });

  it("packetBytesMax holds for a text", () => {
    const decoder = new SocketDecoder({ packetBytesMax: 6 });
    expect(decoder.decodeText('42["a"]', 1)).toMatchObject({ data: ["a"] });
    expect(() => decoder.decodeText('2["ab"]')).toThrow(protocolError("PACKET_TOO_LARGE"));
  });

  it("packetBytesMax holds for text and attachments together, and ends the wait", () => {
    const decoder = new SocketDecoder({ packetBytesMax: 18 });
    decoder.decodeText('53-["a"]');
    decoder.decodeBinary(Buffer.alloc(5));
    decoder.decodeBinary(new ArrayBuffer(5));
    expect(decoder.pendingBytes).toBe(18);
    expect(() => decoder.decodeBinary(Buffer.alloc(1))).toThrow(protocolError("PACKET_TOO_LARGE"));
    expect(decoder.pending).toBe(false);
  });

  it("jsonDepthMax counts the list of arguments", () => {
    const limits = { jsonDepthMax: 2 };
    expect(new SocketDecoder(limits).decodeText('2["a",[]]')).toMatchObject({ data: ["a", []] });
    const deep = () => new SocketDecoder(limits).decodeText('2["a",[[]]]');
    expect(deep).toThrow(protocolError("JSON_TOO_DEEP"));
  });

  it("jsonDepthMax does not count the name of a namespace", () => {
    const decoder = new SocketDecoder({ jsonDepthMax: 2 });
    expect(decoder.decodeText('2/[[[[,["a",[]]')).toMatchObject({ nsp: "/[[[[" });
  });

  it("what is at the default depth can be sent on", () => {
    const depth = 999;
    const text = `2["a",${"[".repeat(depth)}${"]".repeat(depth)}]`;
    const { data } = decode(text)!;
    expect(JSON.stringify([[data]])).toHaveLength(text.length + 3);
    expect(() => decode(`2["a",${"[".repeat(1_000)}${"]".repeat(1_000)}]`)).toThrow(
      protocolError("JSON_TOO_DEEP"),
    );
  });

  it("can be resolved once and shared", () => {
    const limits = resolveLimits({ attachmentsMax: 1 });
    expect(() => new SocketDecoder(limits).decodeText('52-["a"]')).toThrow(
      protocolError("ATTACHMENTS_TOO_MANY"),
    );
  });
});

describe("garbage", () => {
  it("of any kind ends in a ProtocolError and in nothing else", () => {
    const unit = fc.oneof(
      fc.constantFrom(
        ...'0123456789-/,?[]{}": '.split(""),
        '["a"]',
        '{"_placeholder":true,"num":0}',
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    const message = fc.oneof(
      fc.array(unit).map((units) => units.join("")),
      fc.uint8Array({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const decoder = new SocketDecoder();
        for (const message of messages) {
          const error = thrownBy(() =>
            typeof message === "string"
              ? decoder.decodeText(message)
              : decoder.decodeBinary(message),
          );
          expect(error === undefined || isPeersFault(error)).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
