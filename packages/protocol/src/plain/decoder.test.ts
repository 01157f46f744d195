import { describe, expect, it } from "vitest";
import { thrownBy } from "../../testing/expect-error.ts";
import { PlainDecoder } from "./decoder.ts";
import { PlainError, faultOf } from "./errors.ts";

const read = (text: string): unknown => new PlainDecoder().decodeText(text);
const refusal = (text: string): unknown => {
  const error = thrownBy(() => read(text));
  if (!(error instanceof PlainError)) return error;
  return [error.code, error.at, error.id, error.namespace];
};

describe("PlainDecoder", () => {
  it("reads an event", () => {
    expect(read('{"event":"chat","data":["hi",1],"id":7,"namespace":"/a"}')).toEqual({
      type: "event",
      namespace: "/a",
      event: "chat",
      data: ["hi", 1],
      id: 7,
    });
    expect(read('{"event":"chat"}')).toMatchObject({ data: [], namespace: "/" });
  });

  it("reads from an offset", () => {
    const decoder = new PlainDecoder();
    expect(decoder.decodeText('4{"ack":1}', 1)).toMatchObject({ type: "ack", id: 1, data: [] });
    expect(thrownBy(() => decoder.decodeText("4{", 1))).toMatchObject({ at: 1 });
  });

  it("waits for binary frames", () => {
    const decoder = new PlainDecoder();
    const text = '{"event":"pic","data":[{"a":{"$binary":1}},{"$$binary":0}],"binary":2,"id":3}';
    expect(decoder.decodeText(text)).toBeUndefined();
    expect(decoder.pending).toBe(true);
    const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(decoder.decodeBinary(first)).toBeUndefined();
    expect(decoder.pendingBytes).toBe(text.length + 1);
    expect(decoder.decodeBinary(second)).toMatchObject({ data: [{ a: second }, { $binary: 0 }] });
    expect(decoder.pending).toBe(false);
    expect(thrownBy(() => decoder.decodeBinary(first))).toMatchObject({
      code: "BINARY_UNEXPECTED",
    });
  });

  it("takes the frames as arguments where there is no data", () => {
    const decoder = new PlainDecoder();
    decoder.decodeText('{"event":"pic","binary":1}');
    const bytes = Uint8Array.of(1);
    expect(decoder.decodeBinary(bytes)).toMatchObject({ event: "pic", data: [bytes] });
  });

  it("passes over frames of a server that have no place", () => {
    const decoder = new PlainDecoder("server");
    expect(decoder.decodeText('{"connected":{"id":"x"},"binary":1}')).toBeUndefined();
    const message = decoder.decodeBinary(Uint8Array.of(1));
    expect(message).toMatchObject({ type: "connected", id: "x" });
    expect(message).not.toHaveProperty("data");
  });

  it("forgets what a text interrupts, and says whose it was", () => {
    const decoder = new PlainDecoder();
    decoder.decodeText('{"event":"pic","binary":1,"id":4,"namespace":"/n"}');
    const error = thrownBy(() => decoder.decodeText('{"ping":1}')) as PlainError;
    expect(faultOf(error)).toEqual({
      type: "error",
      code: "TEXT_UNEXPECTED",
      message: "Text arrived while binary frames were awaited",
      id: 4,
      namespace: "/n",
    });
    expect(decoder.decodeText('{"ping":1}')).toEqual({ type: "ping", value: 1 });
  });

  it("bounds a message with its frames", () => {
    const decoder = new PlainDecoder("client", { limits: { messageBytesMax: 40 } });
    expect(thrownBy(() => decoder.decodeText(" ".repeat(41)))).toMatchObject({
      code: "MESSAGE_TOO_LARGE",
    });
    decoder.decodeText('{"event":"pic","binary":1,"id":2}');
    expect(thrownBy(() => decoder.decodeBinary(new Uint8Array(8)))).toMatchObject({
      code: "MESSAGE_TOO_LARGE",
      id: 2,
    });
    expect(decoder.pending).toBe(false);
    decoder.messageBytesMax = 100;
    decoder.decodeText('{"event":"pic","binary":1,"id":2}');
    expect(decoder.decodeBinary(new Uint8Array(8))).toBeDefined();
  });

  it("reads base64 once connect has asked for it", () => {
    const decoder = new PlainDecoder();
    const text = '{"event":"a","data":[{"$base64":"AQI="},{"$\\u0062ase64":"Aw=="}]}';
    expect(decoder.decodeText(text)).toMatchObject({ data: [{ $base64: "AQI=" }, {}] });
    expect(decoder.decodeText('{"connect":{"binary":"base64"}}')).toMatchObject({ base64: true });
    expect(decoder.decodeText(text)).toMatchObject({
      data: [Uint8Array.of(1, 2), Uint8Array.of(3)],
    });
    expect(thrownBy(() => decoder.decodeText('{"event":"a","data":[[{"$base64":"A"}]]}'))).toEqual(
      expect.objectContaining({ code: "FIELD_INVALID", at: "/data/0/0/$base64" }),
    );
    expect(thrownBy(() => decoder.decodeText('{"event":"a","binary":1}'))).toMatchObject({
      code: "FIELD_UNKNOWN",
      at: "/binary",
    });
  });

  it.each([
    ["", "JSON_INVALID", 0],
    ['{"event":"a",}', "JSON_INVALID", 13],
    [`{"event":"a","data":${"[".repeat(100)}`, "TOO_DEEP", 119],
    ["[]", "MESSAGE_SHAPE", ""],
    ["null", "MESSAGE_SHAPE", ""],
    ["{}", "VERB_MISSING", ""],
    ['{"data":[1]}', "VERB_MISSING", ""],
    ['{"evnt":"a"}', "FIELD_UNKNOWN", "/evnt"],
    ['{"event":"a","__proto__":{}}', "FIELD_UNKNOWN", "/__proto__"],
    ['{"event":"a","a/b~":1}', "FIELD_UNKNOWN", "/a~1b~0"],
    ['{"event":"a","ack":1}', "VERB_CONFLICT", "/ack"],
    ['{"event":"a","position":"1.2"}', "VERB_CONFLICT", "/position"],
    ['{"connect":{},"namespace":"/a"}', "FIELD_UNKNOWN", "/namespace"],
    ['{"connect":{"nsp":"/a"}}', "FIELD_UNKNOWN", "/connect/nsp"],
    ['{"connect":[]}', "FIELD_INVALID", "/connect"],
    ['{"connect":{"auth":"x"}}', "FIELD_INVALID", "/connect/auth"],
    ['{"connect":{"binary":1}}', "FIELD_INVALID", "/connect/binary"],
    ['{"connect":{"session":1}}', "FIELD_INVALID", "/connect/session"],
    ['{"recover":{}}', "FIELD_INVALID", "/recover/session"],
    ['{"recover":{"session":"s","position":3}}', "FIELD_INVALID", "/recover/position"],
    ['{"event":1}', "FIELD_INVALID", "/event"],
    ['{"event":"disconnect"}', "EVENT_RESERVED", "/event"],
    ['{"event":"a","data":{}}', "FIELD_INVALID", "/data"],
    ['{"event":"a","id":-1}', "FIELD_INVALID", "/id"],
    ['{"event":"a","id":1,"durable":1}', "FIELD_INVALID", "/id"],
    ['{"event":"a","durable":0}', "FIELD_INVALID", "/durable"],
    ['{"event":"a","again":true}', "FIELD_INVALID", "/again"],
    ['{"event":"a","namespace":"a"}', "FIELD_INVALID", "/namespace"],
    ['{"event":"a","binary":-1}', "FIELD_INVALID", "/binary"],
    ['{"event":"a","binary":101}', "BINARY_TOO_MANY", "/binary"],
    ['{"event":"a","data":[[{"$binary":1}]],"binary":1}', "BINARY_MISSING", "/data/0/0"],
    ['{"event":"a","data":[{"$binary":0}],"binary":0}', "BINARY_MISSING", "/data/0"],
    ['{"ack":"1"}', "FIELD_INVALID", "/ack"],
    ['{"ack":1,"id":2}', "FIELD_UNKNOWN", "/id"],
    ['{"subscribe":"a"}', "FIELD_INVALID", "/subscribe"],
    ['{"unsubscribe":["a",1]}', "FIELD_INVALID", "/unsubscribe/1"],
    [`{"subscribe":["${"r".repeat(257)}"]}`, "FIELD_INVALID", "/subscribe/0"],
    ['{"position":1}', "FIELD_INVALID", "/position"],
    ['{"disconnect":{"reason":1}}', "FIELD_UNKNOWN", "/disconnect/reason"],
    [`{"ping":"${"p".repeat(65)}"}`, "FIELD_INVALID", "/ping"],
    ['{"ping":null}', "FIELD_INVALID", "/ping"],
  ])("refuses %s", (text, code, at) => {
    expect((refusal(text) as unknown[]).slice(0, 2)).toEqual([code, at]);
  });

  it("says what it could read", () => {
    expect(refusal('{"event":"a","id":5,"namespace":"/x","data":1}')).toEqual([
      "FIELD_INVALID",
      "/data",
      5,
      "/x",
    ]);
    expect(refusal('{"connect":{"namespace":"/x","auth":1}}')).toEqual([
      "FIELD_INVALID",
      "/connect/auth",
      undefined,
      "/x",
    ]);
  });
});
