import { PacketType } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import type { Codec } from "./codec.ts";
import { parserCodec } from "./codec.ts";
import { defaultCodec as browserCodec } from "./platform/codec.ts";
import { defaultCodec as nodeCodec } from "./platform/codec.node.ts";
import type { RawData } from "./transports/transport.ts";

function encode(codec: Codec, packet: SocketPacket): RawData[] {
  return [...codec.encode({ ...packet, options: { compress: true } })];
}

describe.each([
  ["browsers", browserCodec],
  ["Node.js", nodeCodec],
])("defaultCodec in %s", (_, defaultCodec) => {
  it("writes a packet as text, with its attachments after it", () => {
    const bytes = new Uint8Array([1]);
    const blob = new Blob(["x"]);
    expect(
      encode(defaultCodec(), {
        type: PacketType.EVENT,
        nsp: "/a",
        id: 3,
        data: ["n", bytes, blob],
      }),
    ).toEqual([
      '52-/a,3["n",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
      bytes,
      blob,
    ]);
  });

  it("reads them back", () => {
    const codec = defaultCodec();
    expect(codec.decode('51-["n",{"_placeholder":true,"num":0}]')).toBeUndefined();
    const bytes = Buffer.from([1]);
    expect(codec.decode(bytes)).toMatchObject({ type: PacketType.EVENT, data: ["n", bytes] });
  });

  it("reads a Blob, as a socket gives it when it was asked to", () => {
    const codec = defaultCodec();
    const blob = new Blob(["x"]);
    codec.decode('51-["n",{"_placeholder":true,"num":0}]');
    expect(codec.decode(blob)).toMatchObject({ data: ["n", blob] });
  });

  it("forgets half a packet", () => {
    const codec = defaultCodec();
    codec.decode('51-["n",{"_placeholder":true,"num":0}]');
    codec.reset();
    expect(codec.decode('2["x"]')).toMatchObject({ data: ["x"] });
  });

  it("takes packets of any size, with any number of attachments", () => {
    const codec = defaultCodec();
    const text = "x".repeat(20_000_000);
    expect(codec.decode(`2["n","${text}"]`)?.data).toEqual(["n", text]);
    expect(codec.decode('55000-["n"]')).toBeUndefined();
  });
});

describe("parserCodec", () => {
  class Encoder {
    encode(packet: object): unknown[] {
      return [JSON.stringify(packet)];
    }
  }
  class Decoder {
    #listener: ((packet: object) => void) | undefined;
    on(_event: "decoded", listener: (packet: object) => void): void {
      this.#listener = listener;
    }
    add(chunk: string): void {
      if (chunk !== "half") this.#listener!(JSON.parse(chunk) as object);
    }
    destroy(): void {
      Decoder.destroyed++;
    }
    static destroyed = 0;
  }

  it("uses the parser in both directions, for what belongs to the packet", () => {
    const codec = parserCodec({ Encoder, Decoder });
    const packet: SocketPacket = { type: PacketType.EVENT, nsp: "/", data: ["a"] };
    const messages = encode(codec, packet);
    expect(messages).toEqual(['{"type":2,"nsp":"/","data":["a"]}']);
    expect(codec.decode(messages[0]!)).toEqual(packet);
    expect(codec.decode("half")).toBeUndefined();
  });

  it("tells the parser to forget", () => {
    Decoder.destroyed = 0;
    parserCodec({ Encoder, Decoder }).reset();
    expect(Decoder.destroyed).toBe(1);
  });
});
