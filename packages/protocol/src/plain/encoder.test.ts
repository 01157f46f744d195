import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolError } from "../../testing/expect-error.ts";
import { reply, request, seen } from "../../testing/plain.ts";
import type { PlainSaid } from "./decoder.ts";
import { PlainDecoder } from "./decoder.ts";
import { encodePlain, encodePlainEvent } from "./encoder.ts";
import type { PlainMessage } from "./message.ts";

const text = (message: PlainMessage): string => encodePlain(message).text;

function roundTrip(message: PlainMessage, from: keyof PlainSaid, base64: boolean): unknown {
  const decoder = new PlainDecoder(from);
  decoder.inline = base64;
  const encoded = encodePlain(message, base64);
  if (base64) expect(encoded.attachments).toEqual([]);
  let result = decoder.decodeText(encoded.text);
  for (const attachment of encoded.attachments) {
    expect(result).toBeUndefined();
    result = decoder.decodeBinary(attachment);
  }
  expect(result).toBeDefined();
  return seen(result!);
}

describe("encodePlain", () => {
  it("writes the short forms", () => {
    expect(text({ type: "event", event: "chat", data: ["hi"] })).toBe(
      '{"event":"chat","data":["hi"]}',
    );
    expect(text({ type: "event", event: 'a"', data: [], id: 7, namespace: "/n" })).toBe(
      String.raw`{"event":"a\"","id":7,"namespace":"/n"}`,
    );
    expect(text({ type: "ack", id: 0, data: [], namespace: "/" })).toBe('{"ack":0}');
    expect(text({ type: "connect" })).toBe('{"connect":{}}');
    expect(text({ type: "connected", namespace: "/", id: "x" })).toBe('{"connected":{"id":"x"}}');
    expect(text({ type: "durable", durable: 1, data: [] })).toBe('{"durable":1,"data":[]}');
  });

  it("writes a header of 26 bytes for a picture", () => {
    const bytes = new Uint8Array(1_024);
    const { text: header, attachments } = encodePlain({
      type: "event",
      event: "pic",
      data: [bytes],
    });
    expect(header).toBe('{"event":"pic","binary":1}');
    expect(attachments).toEqual([bytes]);
    expect(header.length).toBeLessThan(0.03 * 1_024);
  });

  it("refuses a Blob, a circle and a BigInt", () => {
    const event = (item: unknown): PlainMessage => ({ type: "event", event: "a", data: [item] });
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => text(event(new Blob(["x"])))).toThrow(protocolError("BLOB_REFUSED"));
    expect(() => text(event(circle))).toThrow(TypeError);
    expect(() => text(event(1n))).toThrow(TypeError);
  });

  it.each([
    ["client", request, false],
    ["client", request, true],
    ["server", reply, false],
    ["server", reply, true],
  ] as const)("is read as it was meant: what a %s says", (from, messages, base64) => {
    fc.assert(
      fc.property(messages as fc.Arbitrary<PlainMessage>, (message) => {
        expect(roundTrip(message, from, base64)).toEqual(seen(message));
      }),
      { numRuns: 500 },
    );
  });

  it("changes nothing that it is given", () => {
    const data = [{ a: { $binary: 0 }, b: Uint8Array.of(1) }];
    const before = structuredClone(data);
    const { text: json } = encodePlain({ type: "event", event: "a", data });
    expect(json).toBe('{"event":"a","data":[{"a":{"$$binary":0},"b":{"$binary":0}}],"binary":1}');
    expect(data).toEqual(before);
  });
});

describe("encodePlainEvent", () => {
  it("writes what encodePlain writes", () => {
    const argument = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.uint8Array());
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom("chat", "tick"), fc.string({ unit: "binary" })),
        fc.array(argument, { maxLength: 4 }),
        fc.option(fc.nat(), { nil: undefined }),
        fc.constantFrom(undefined, "/", "/a"),
        (event, data, id, namespace) => {
          expect(encodePlainEvent([event, ...data], id, namespace)).toEqual(
            encodePlain({ type: "event", event, data, id, namespace }),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
