import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { socketPacket } from "../../testing/arbitraries.ts";
import { protocolError } from "../../testing/expect-error.ts";
import { argument, seen } from "../../testing/plain.ts";
import { encodeSocketPacket } from "../socket-encoder.ts";
import type { SocketPacket } from "../socket-packet.ts";
import { PacketType } from "../socket-packet.ts";
import { PlainDecoder } from "./decoder.ts";
import { encodePlain } from "./encoder.ts";
import type { PlainMessage } from "./message.ts";
import { plainMessageOfSocketIo, plainOfSocketIo } from "./splice.ts";

const packets = socketPacket(argument).filter(
  ({ type }) => type === PacketType.EVENT || type === PacketType.ACK,
);

function meant({ type, nsp, data, id }: SocketPacket, position?: string): PlainMessage {
  const args = data as unknown[];
  if (type === PacketType.ACK) return { type: "ack", namespace: nsp, id: id!, data: args };
  const [name, ...rest] = args;
  return { type: "event", namespace: nsp, event: String(name), data: rest, id, position };
}

const placeholder = (num: number): string => `{"_placeholder":true,"num":${num}}`;

describe("plainOfSocketIo", () => {
  it.each([
    ['2["chat",1]', '{"event":"chat","data":[1]}'],
    ['2["chat"]', '{"event":"chat"}'],
    ['212["a\\"]b","x"]', '{"event":"a\\"]b","data":["x"],"id":12}'],
    ['2["a\\\\",[]]', '{"event":"a\\\\","data":[[]]}'],
    ['2/admin?t=1,0["a"]', '{"event":"a","id":0,"namespace":"/admin"}'],
    ['2[17,"x"]', '{"event":"17","data":["x"]}'],
    ['2007["a"]', '{"event":"a","id":7}'],
    ["2[1e3]", '{"event":"1000"}'],
    ['2[ "a" , {"b": 1} ] ', '{"event":"a","data":[{"b":1}]}'],
    ["31\n []", '{"ack":1}'],
    ["31[]", '{"ack":1}'],
    ['3/n,7["ok",null]', '{"ack":7,"data":["ok",null],"namespace":"/n"}'],
    [`51-["pic",${placeholder(0)}]`, '{"event":"pic","binary":1}'],
    [`52-9["pic",${placeholder(0)},${placeholder(1)}]`, '{"event":"pic","id":9,"binary":2}'],
    [
      `52-["pic",${placeholder(1)},${placeholder(0)}]`,
      '{"event":"pic","data":[{"$binary":1},{"$binary":0}],"binary":2}',
    ],
    [
      `51-["pic",${placeholder(0)},${placeholder(0)}]`,
      '{"event":"pic","data":[{"$binary":0},{"$binary":0}],"binary":1}',
    ],
    [
      `51-["pic",{"$binary":0},${placeholder(0)}]`,
      '{"event":"pic","data":[{"$$binary":0},{"$binary":0}],"binary":1}',
    ],
    [
      `51-["pic",{"num":0,"_placeholder":true},${placeholder(3)},"_placeholder"]`,
      '{"event":"pic","data":[{"$binary":0},{"_placeholder":true,"num":3},"_placeholder"],"binary":1}',
    ],
    [`61-4[${placeholder(0)}]`, '{"ack":4,"binary":1}'],
    ['2["a",{"$binary":0}]', '{"event":"a","data":[{"$binary":0}]}'],
  ])("%s", (socketIo, plain) => {
    expect(plainOfSocketIo(socketIo)).toBe(plain);
    expect(plainOfSocketIo(`4${socketIo}`, 1)).toBe(plain);
  });

  it("adds the position", () => {
    expect(plainOfSocketIo('42["a",1]', 1, "x.1")).toBe(
      '{"event":"a","data":[1],"position":"x.1"}',
    );
  });

  it("refuses the other types", () => {
    for (const text of ["0", "1", '4{"message":"x"}', "7", ""]) {
      expect(() => plainOfSocketIo(text)).toThrow(protocolError("PACKET_TYPE"));
    }
  });

  it("writes what encodePlain writes", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const { text, attachments } = encodeSocketPacket(packet);
        const position = packet.type === PacketType.EVENT ? "e.1" : undefined;
        const expected = encodePlain(meant(packet, position));
        expect(plainOfSocketIo(text, 0, position)).toBe(expected.text);
        expect(expected.attachments).toEqual(attachments);
      }),
      { numRuns: 1_000 },
    );
  });

  it("writes the same for a text that is spelled differently", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const { text } = encodeSocketPacket(packet);
        const at = text.indexOf("[");
        const spelled = JSON.stringify(JSON.parse(text.slice(at)), undefined, 1).replaceAll(
          /_placeholder(?=":)/g,
          () => "\\u005fplaceholder",
        );
        fc.pre(!/\/.*\[/.test(text.slice(0, at + 1)));
        const read = (plain: string): unknown => JSON.parse(plain);
        expect(read(plainOfSocketIo(text.slice(0, at) + spelled))).toEqual(
          read(plainOfSocketIo(text)),
        );
      }),
    );
  });
});

describe("plainMessageOfSocketIo", () => {
  it("is what the packet says", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const { text, attachments } = encodeSocketPacket(packet);
        const message = plainMessageOfSocketIo(`4${text}`, attachments, 1);
        expect(seen(message)).toEqual(seen(meant(packet)));
        const decoder = new PlainDecoder("server");
        let read = decoder.decodeText(plainOfSocketIo(text));
        for (const attachment of attachments) read = decoder.decodeBinary(attachment);
        expect(seen(read!)).toEqual(seen(message));
      }),
      { numRuns: 300 },
    );
  });
});
