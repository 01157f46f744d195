import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonWithBinary, socketPacket } from "../testing/arbitraries.ts";
import { protocolError, thrownBy } from "../testing/expect-error.ts";
import { decodeAll, withPlainBytes } from "../testing/wire.ts";
import {
  encodeArguments,
  encodeHead,
  encodeSocketPacket,
  encodeSocketPacketWithBlobs,
} from "./socket-encoder.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType } from "./socket-packet.ts";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK } = PacketType;

const texts: [SocketPacket, string][] = [
  [{ type: CONNECT, nsp: "/" }, "0"],
  [{ type: CONNECT, nsp: "/", data: { token: "1" } }, '0{"token":"1"}'],
  [{ type: CONNECT, nsp: "/admin", data: {} }, "0/admin,{}"],
  [{ type: CONNECT, nsp: "/admin", query: "a=1&b=2" }, "0/admin?a=1&b=2,"],
  [{ type: CONNECT, nsp: "/", query: "a=1" }, "0/?a=1,"],
  [{ type: DISCONNECT, nsp: "/" }, "1"],
  [{ type: DISCONNECT, nsp: "/admin" }, "1/admin,"],
  [{ type: EVENT, nsp: "/", data: ["a", 1] }, '2["a",1]'],
  [{ type: EVENT, nsp: "/", data: ["a"], id: 0 }, '20["a"]'],
  [{ type: EVENT, nsp: "/x", data: ["a", { b: [null] }], id: 12 }, '2/x,12["a",{"b":[null]}]'],
  [{ type: BINARY_EVENT, nsp: "/", data: ["a"] }, '2["a"]'],
  [{ type: ACK, nsp: "/", data: [], id: 7 }, "37[]"],
  [{ type: BINARY_ACK, nsp: "/", data: [{}], id: 7 }, "37[{}]"],
  [{ type: CONNECT_ERROR, nsp: "/x", data: { message: "no" } }, '4/x,{"message":"no"}'],
  [{ type: CONNECT_ERROR, nsp: "/", data: "no" }, '4"no"'],
];

describe("encodeSocketPacket", () => {
  it.each(texts)("%j is %s", (packet, text) => {
    expect(encodeSocketPacket(packet)).toEqual({ text, attachments: [] });
  });

  it("writes flat arguments with views as JSON.stringify writes placeholders", () => {
    const odd = [undefined, Number.NaN, -0, () => 1, Symbol("s"), "\ud800", 'a"b', null, true];
    const bytes = new Uint8Array([1, 2]);
    const args = ["e", bytes, ...odd, new DataView(bytes.buffer, 1), "end"];
    let num = 0;
    const shown = args.map((arg) =>
      ArrayBuffer.isView(arg) ? { _placeholder: true, num: num++ } : arg,
    );
    const { text, attachments } = encodeSocketPacket({ type: EVENT, nsp: "/", data: args });
    expect(text).toBe(`52-${JSON.stringify(shown)}`);
    expect(attachments).toEqual([bytes, new Uint8Array([2])]);
    expect(attachments[0]).toBe(bytes);
    const data = ["e", bytes, 1n];
    expect(() => encodeSocketPacket({ type: EVENT, nsp: "/", data })).toThrow(TypeError);
  });

  it("turns EVENT and ACK with binary into their binary types", () => {
    const [a, b] = [Buffer.from("a"), new Uint8Array(2)];
    const event = encodeSocketPacket({ type: EVENT, nsp: "/x", data: ["e", a, { b }], id: 3 });
    expect(event.text).toBe(
      '52-/x,3["e",{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}}]',
    );
    expect(event.attachments[0]).toBe(a);
    expect(event.attachments[1]).toBe(b);
    const ack = encodeSocketPacket({ type: ACK, nsp: "/", data: [a], id: 3 });
    expect(ack.text).toBe('61-3[{"_placeholder":true,"num":0}]');
  });

  it("uses the replacer", () => {
    const replacer = (_: string, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value;
    const packet = { type: EVENT, nsp: "/", data: ["e", 1n, { b: [2n] }] };
    expect(encodeSocketPacket(packet, replacer).text).toBe('2["e","1n",{"b":["2n"]}]');
    expect(thrownBy(() => encodeSocketPacket(packet))).toBeInstanceOf(TypeError);
  });

  it("throws the TypeError of JSON for circles", () => {
    const circle: unknown[] = ["e"];
    circle.push(circle);
    const error = thrownBy(() => encodeSocketPacket({ type: EVENT, nsp: "/", data: circle }));
    expect(error).toBeInstanceOf(TypeError);
  });

  it("leaves binary in other types to JSON", () => {
    const { text } = encodeSocketPacket({
      type: CONNECT,
      nsp: "/",
      data: { b: new Uint8Array(1) },
    });
    expect(text).toBe('0{"b":{"0":0}}');
  });

  it("says nothing for what JSON does not say", () => {
    const data = (() => 1) as unknown;
    expect(encodeSocketPacket({ type: CONNECT, nsp: "/", data }).text).toBe("0");
  });
});

describe("Blob and File", () => {
  const blob = new Blob(["x"]);
  const data = ["e", { picture: blob }];

  it("are attachments as they are, for a sender that can wait", () => {
    const { text, attachments } = encodeSocketPacketWithBlobs({ type: EVENT, nsp: "/", data });
    expect(text).toBe('51-["e",{"picture":{"_placeholder":true,"num":0}}]');
    expect(attachments[0]).toBe(blob);
  });

  it("are refused elsewhere, as a mistake of the developer", () => {
    expect(() => encodeSocketPacket({ type: EVENT, nsp: "/", data })).toThrow(
      protocolError("BLOB_REFUSED"),
    );
    expect(() => encodeArguments(["e", new Uint8Array(1), new File([], "f")])).toThrow(
      protocolError("BLOB_REFUSED"),
    );
  });
});

describe("encodeHead and encodeArguments", () => {
  it("make up what encodeSocketPacket writes", () => {
    fc.assert(
      fc.property(socketPacket(jsonWithBinary), (packet) => {
        const whole = encodeSocketPacket(packet);
        fc.pre(packet.type === EVENT || packet.type === ACK);
        const { json, attachments } = encodeArguments(packet.data as unknown[]);
        const head = encodeHead(packet.type, packet.nsp, packet.id, attachments.length);
        expect({ text: head + json, attachments }).toEqual(whole);
      }),
    );
  });
});

describe("round trip", () => {
  it("gives back any packet, with the bytes of any binary", () => {
    fc.assert(
      fc.property(socketPacket(jsonWithBinary), (packet) => {
        const before = withPlainBytes(packet);
        const { text, attachments } = encodeSocketPacket(packet);
        expect(withPlainBytes(packet)).toEqual(before);
        const { type, nsp, data, id } = decodeAll(text, attachments);
        expect({ type, nsp, id }).toEqual({ type: packet.type, nsp: packet.nsp, id: packet.id });
        expect(withPlainBytes(data)).toEqual(withPlainBytes(packet.data));
      }),
      { numRuns: 500 },
    );
  });
});
