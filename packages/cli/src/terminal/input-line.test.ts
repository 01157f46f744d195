import { describe, expect, it } from "vitest";
import { parseLine } from "./input-line.ts";

describe("a line of input", () => {
  it("is an event with JSON arguments", () => {
    expect(parseLine('chat "hi there" 42 {"a":[1, "}"]} [true, null]')).toEqual({
      type: "emit",
      event: "chat",
      data: ["hi there", 42, { a: [1, "}"] }, [true, null]],
      ack: false,
    });
  });

  it("takes words that are no JSON as text", () => {
    expect(parseLine("  say hello you  ")).toMatchObject({ event: "say", data: ["hello", "you"] });
  });

  it("reads an event's name in quotes, and escaped quotes", () => {
    expect(parseLine('"two words" "a \\"b\\" c"')).toMatchObject({
      event: "two words",
      data: ['a "b" c'],
    });
  });

  it("turns $base64 into bytes, at any depth", () => {
    const parsed = parseLine('pic {"$base64":"AAEC"} {"inside":[{"$base64":"/w=="}]}');
    expect(parsed).toMatchObject({
      data: [Buffer.from([0, 1, 2]), { inside: [Buffer.from([255])] }],
    });
  });

  it("wants an acknowledgement with /ack", () => {
    expect(parseLine("/ack ask 1")).toEqual({ type: "emit", event: "ask", data: [1], ack: true });
  });

  it("is a command with a slash", () => {
    expect(parseLine("/subscribe a b")).toEqual({
      type: "command",
      name: "subscribe",
      words: ["a", "b"],
    });
  });

  it.each([
    ['chat {"a":', "the object is not closed", 5],
    ['chat "hi', "the text is not closed", 5],
    ['  /ack chat ["a"', "the list is not closed", 12],
    ['chat {"a" 1}', "this is not JSON", 5],
    ["/ack", "an event's name is missing", 4],
  ])("says where %s is wrong", (line, message, at) => {
    expect(parseLine(line)).toEqual({ type: "wrong", message, at });
  });

  it("may be empty", () => {
    expect(parseLine("   ")).toEqual({ type: "nothing" });
  });
});
