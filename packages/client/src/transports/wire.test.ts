import { encodePayload } from "@hawser/protocol";
import type { EnginePacket } from "@hawser/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes as browser } from "../platform/bytes.ts";
import { bytes as node } from "../platform/bytes.node.ts";
import type { Packet } from "./transport.ts";
import { decodeBody, decodeMessage, encodeBody, encodeMessage, isBlob, readBlob } from "./wire.ts";

const packets = fc.array(
  fc.oneof(
    fc
      .string({ unit: "grapheme" })
      .filter((data) => data !== "" && !data.includes("\x1e"))
      .map((data): Packet => ({ type: "message", data })),
    fc.uint8Array().map((data): Packet => ({ type: "message", data: Buffer.from(data) })),
    fc.constant<Packet>({ type: "pong" }),
  ),
  { minLength: 1 },
);

describe("a polling body", () => {
  it("is what the protocol package writes, and reads back", () => {
    fc.assert(
      fc.property(packets, (list) => {
        const body = encodeBody(list);
        expect(body).toBe(encodePayload(list as EnginePacket[]));
        expect(decodeBody(body, "nodebuffer")).toEqual(list);
      }),
    );
  });

  it("takes any kind of bytes", () => {
    const buffer = Uint8Array.from([0, 1, 2, 3, 4]).buffer;
    for (const data of [new Uint8Array(buffer, 1, 3), new DataView(buffer, 1, 3)]) {
      expect(encodeBody([{ type: "message", data }])).toBe("bAQID");
    }
    expect(encodeBody([{ type: "message", data: buffer }])).toBe("bAAECAwQ=");
  });
});

describe("a WebSocket message", () => {
  it("is binary as it is, or base64 on request", () => {
    const data = new Uint8Array([1, 2, 3]);
    expect(encodeMessage({ type: "message", data }, false)).toBe(data);
    expect(encodeMessage({ type: "message", data }, true)).toBe("bAQID");
    expect(decodeMessage(data, "nodebuffer")).toEqual({ type: "message", data });
    expect(() => decodeMessage("9", "nodebuffer")).toThrow("invalid packet");
  });

  it.each(["arraybuffer", "blob", "nodebuffer"] as const)(
    "from base64 becomes %s",
    async (kind) => {
      const { data } = decodeMessage("bAQID", kind);
      const type = { arraybuffer: ArrayBuffer, blob: Blob, nodebuffer: Buffer }[kind];
      expect(data).toBeInstanceOf(type);
      const inside = data instanceof Blob ? await data.arrayBuffer() : (data as ArrayBuffer);
      expect(new Uint8Array(inside)).toEqual(new Uint8Array([1, 2, 3]));
    },
  );
});

describe("Blobs", () => {
  it("are found and read, the rest is left as it is", async () => {
    const list: Packet[] = [
      { type: "message", data: "a" },
      { type: "message", data: new Blob(["b"]), options: { compress: false } },
    ];
    expect(list.map(({ data }) => isBlob(data))).toEqual([false, true]);
    const read = await Promise.all(list.map(readBlob));
    expect(read[0]).toBe(list[0]);
    expect(read[1]).toEqual({
      type: "message",
      data: new TextEncoder().encode("b").buffer,
      options: { compress: false },
    });
  });
});

describe.each([
  ["browsers", browser],
  ["Node.js", node],
])("base64 in %s", (_, { base64 }) => {
  it("goes there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const text = base64.encode(data);
        expect(text).toBe(Buffer.from(data).toString("base64"));
        expect(new Uint8Array(base64.decode(text))).toEqual(data);
      }),
    );
  });

  it("refuses what is none", () => {
    for (const text of ["!", "AAAA-"])
      expect(() => base64.decode(text)).toThrow(/base64|invalid|encoded/i);
  });
});
