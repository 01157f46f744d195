import { PacketType, SocketDecoder, encodeSocketPacketWithBlobs } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthMax } from "../limits.ts";
import { createReader } from "./reader.ts";
import { writePacket } from "./writer.ts";

const plain = { attachments: 0 };

const data = fc.anything({
  withDate: true,
  withTypedArray: true,
  withNullPrototype: true,
  withObjectString: true,
  maxDepth: 4,
});

const packets = fc.record({
  type: fc.constantFrom(PacketType.EVENT, PacketType.ACK),
  nsp: fc.constantFrom("/", "/a", "/a/b"),
  id: fc.option(fc.nat(), { nil: undefined }),
  data: fc.array(data, { maxLength: 4 }).map((args) => ["name", ...args]),
});

/** What a reader makes of messages: the last packet, or that it refused. */
function outcome(read: (message: unknown) => SocketPacket | undefined, messages: unknown[]) {
  try {
    let packet: SocketPacket | undefined;
    for (const message of messages) packet = read(message);
    return packet && { type: packet.type, nsp: packet.nsp, data: packet.data, id: packet.id };
  } catch {
    return "refused";
  }
}

function bothRead(messages: unknown[]): [unknown, unknown] {
  const small = createReader();
  const full = new SocketDecoder({ packetBytesMax: Infinity, attachmentsMax: Infinity });
  return [
    outcome((message) => small.decode(message), messages),
    outcome(
      (message) =>
        typeof message === "string"
          ? full.decodeText(message)
          : full.decodeBinary(message as Uint8Array),
      messages,
    ),
  ];
}

describe("the small codec against the protocol package", () => {
  it("writes the same", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const { text, attachments } = encodeSocketPacketWithBlobs(packet);
        const [head, ...binary] = writePacket(packet);
        expect(head).toBe(text);
        expect(binary).toHaveLength(attachments.length);
      }),
    );
  });

  it("reads the same from what was written", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const { text, attachments } = encodeSocketPacketWithBlobs(packet);
        const [small, full] = bothRead([text, ...attachments]);
        expect(small).toEqual(full);
      }),
    );
  });

  it("refuses and takes the same among what is nearly a packet", () => {
    const pieces = fc.constantFrom(
      ..."0123456789-/,?[]{}".split(""),
      '"a"',
      '"connect"',
      "/nsp",
      "/nsp,",
      "null",
      "1-",
      '{"_placeholder":true,"num":0}',
      '{"_placeholder":true,"num":1}',
      '["x",{"_placeholder":true,"num":0}]',
      '{"sid":"x"}',
    );
    const texts = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(""));
    fc.assert(
      fc.property(texts, (text) => {
        const [small, full] = bothRead([text]);
        expect(small).toEqual(full);
      }),
      { numRuns: 3000, examples: [["00-"], ["250-"], ["50-[]"]] },
    );
  });
});

describe("writePacket", () => {
  it("finds binary behind toJSON, and takes a Buffer for what it is", () => {
    const bytes = new Uint8Array([1]);
    const wrapped = { toJSON: () => ({ bytes }) };
    expect(writePacket({ type: 2, nsp: "/", data: ["a", wrapped, Buffer.from("x")] })).toEqual([
      '52-["a",{"bytes":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1}]',
      bytes,
      Buffer.from("x"),
    ]);
  });

  it("leaves binary in credentials to JSON", () => {
    expect(writePacket({ type: 0, nsp: "/", data: { key: new Uint8Array([7]) } })).toEqual([
      '0{"key":{"0":7}}',
    ]);
  });

  it("throws for what JSON cannot say", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(() => writePacket({ type: 2, nsp: "/", data: ["a", circular] })).toThrow(RangeError);
    expect(() => writePacket({ type: 2, nsp: "/", data: ["a", 1n] })).toThrow(TypeError);
  });
});

describe("createReader", () => {
  const refuses = (...messages: unknown[]) =>
    expect(() => {
      const reader = createReader();
      for (const message of messages) reader.decode(message);
    }).toThrow("invalid packet");

  it("refuses reserved names, which would look like the client's own events", () => {
    for (const name of ["connect", "connect_error", "disconnect", "disconnecting"]) {
      refuses(`2["${name}"]`);
    }
  });

  it("refuses placeholders that point anywhere but to an attachment", () => {
    for (const num of ["1", "-1", "0.5", '"length"', '"__proto__"', "null", "{}"]) {
      refuses(`51-["a",{"_placeholder":true,"num":${num}}]`, new Uint8Array(1));
    }
    refuses('51-["a",{"_placeholder":true}]', new Uint8Array(1));
  });

  it("keeps a placeholder in a packet without attachments as the data that it is", () => {
    const value = { _placeholder: true, num: 0 };
    expect(createReader().decode(`2["a",${JSON.stringify(value)}]`)).toMatchObject({
      ...plain,
      data: ["a", value],
    });
  });

  it("refuses what is nested deeper than could be sent on, and takes what is as deep", () => {
    const nested = (levels: number) => `2["a",${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}]`;
    expect(createReader().decode(nested(depthMax))).toBeDefined();
    refuses(nested(depthMax + 1));
    refuses(nested(100_000));
  });

  it("refuses a text where an attachment is due, and an attachment where none is", () => {
    refuses('51-["a",{"_placeholder":true,"num":0}]', '2["b"]');
    refuses(new Uint8Array(1));
  });

  it("sets an own __proto__ without touching a prototype", () => {
    const text = '51-["a",{"__proto__":{"_placeholder":true,"num":0}}]';
    const reader = createReader();
    reader.decode(text);
    const packet = reader.decode(new Uint8Array([1]));
    expect(({} as { num?: unknown }).num).toBeUndefined();
    expect((packet!.data as unknown[])[1]).not.toHaveProperty("num");
  });
});
