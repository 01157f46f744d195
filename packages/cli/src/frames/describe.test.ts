import { describe, expect, it } from "vitest";
import pc from "picocolors";
import { frameText, viewOf } from "./describe.ts";
import type { Dialect } from "../target.ts";

const colourless = pc.createColors(false);

function shown(dialect: Dialect, opcode: number, payload: string | Buffer): string {
  const frame = {
    fin: true,
    rsv1: false,
    opcode,
    masked: false,
    payload: Buffer.from(payload as string),
  };
  return frameText(viewOf("in", frame, dialect), colourless, 100);
}

describe("a frame, taken apart", () => {
  it.each([
    ['42["chat","hi"]', '‹ text 15 B · message · EVENT  ["chat","hi"]'],
    ['42/shop,7["buy",1]', '‹ text 18 B · message · EVENT /shop #7  ["buy",1]'],
    [
      '451-3["pic",{"_placeholder":true,"num":0}]',
      '‹ text 42 B · message · BINARY_EVENT #3 +1 binary  ["pic",{"_placeholder":true,"num":0}]',
    ],
    ["40", "‹ text 2 B · message · CONNECT"],
    ['44{"message":"no"}', '‹ text 18 B · message · CONNECT_ERROR  {"message":"no"}'],
    ["2probe", "‹ text 6 B · ping  probe"],
    ["3", "‹ text 1 B · pong"],
    ["4x", "‹ text 2 B · message · malformed  x"],
    ["hello", "‹ text 5 B · malformed  hello"],
  ])("Socket.IO: %s", (text, expected) => {
    expect(shown("socket.io", 1, text)).toBe(expected);
  });

  it.each([
    ['{"event":"chat","data":[1]}', "‹ text 27 B · event"],
    ['{"connected":{"id":"a"}}', "‹ text 24 B · connected"],
    ['{"foo":1}', "‹ text 9 B · no verb"],
    ["{", "‹ text 1 B · malformed"],
  ])("plain: %s", (text, expected) => {
    expect(shown("plain", 1, text)).toBe(`${expected}  ${text}`);
  });

  it("shows bytes as hex, and counts what is beyond", () => {
    const lines = shown("raw", 2, Buffer.from("hello\u0001".repeat(20))).split("\n");
    expect(lines[0]).toBe("‹ binary 120 B");
    expect(lines[1]).toBe(
      "    0000  68 65 6c 6c 6f 01 68 65 6c 6c 6f 01 68 65 6c 6c  hello.hello.hell",
    );
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe("    … 56 more bytes");
  });

  it("shows why a line is closed", () => {
    const payload = Buffer.concat([Buffer.from([0x0f, 0xa4]), Buffer.from('{"code":"SLOW"}')]);
    expect(shown("plain", 8, payload)).toBe('‹ close 17 B  4004 {"code":"SLOW"}');
  });

  it("shows no control characters of a server", () => {
    expect(shown("raw", 1, "\u001b]0;title\u0007")).toBe("‹ text 10 B  \\u001b]0;title\\u0007");
  });
});
