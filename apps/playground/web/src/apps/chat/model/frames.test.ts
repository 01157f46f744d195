import { describe, expect, it } from "vitest";
import type { Message } from "../../../../../shared/chat/events.ts";
import { FrameBook, frameOf, sseLines } from "./frames.ts";

const message: Message = {
  id: 1,
  key: "a key of its own",
  room: "lobby",
  author: { id: "a", name: "Ana" },
  sentAt: 0,
  text: 'say "hi"',
};
const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

describe("FrameBook", () => {
  it("finds the frame that carried a message, over each wire", () => {
    const book = new FrameBook();
    book.add("json", `{"event":"message","data":[${JSON.stringify(message)}]}`);
    book.add("json", '{"event":"typing"}');
    book.add("msgpack", bytes(`event\u0001message${message.key}`));
    expect(book.find("json", message)?.shown).toContain('"event":"message"');
    expect(book.find("msgpack", message)?.bytes).toBe(message.key.length + 13);
    expect(book.find("sse", message)).toBeUndefined();
    book.forget("json");
    expect(book.find("json", message)).toBeUndefined();
  });

  it("finds what was published by its text", () => {
    const book = new FrameBook();
    const published = { ...message, author: { id: "http", name: "cron", wire: "http" as const } };
    book.add("json", `{"event":"message","data":[{"text":${JSON.stringify(message.text)}}]}`);
    book.add("msgpack", bytes(`event\u0001message${message.text}`));
    expect(book.find("json", published)).toBeDefined();
    expect(book.find("msgpack", published)).toBeDefined();
  });

  it("does not keep what only speaks of a message", () => {
    const book = new FrameBook();
    book.add("socket.io", `43/chat,1[{"ok":true,"message":{"key":"${message.key}"}}]`);
    book.add("json", `{"ack":1,"data":[{"ok":true,"message":{"key":"${message.key}"}}]}`);
    expect(book.find("socket.io", message)).toBeUndefined();
    expect(book.find("json", message)).toBeUndefined();
  });

  it("keeps the newest", () => {
    const book = new FrameBook();
    book.add("socket.io", `42/chat,["message",{"key":"${message.key}"}]`);
    expect(book.find("socket.io", message)).toBeDefined();
    for (let i = 0; i < 20; i++) book.add("socket.io", `42/chat,["$durable",${i},"message",{}]`);
    expect(book.find("socket.io", message)).toBeUndefined();
  });
});

describe("a frame", () => {
  it("is counted in bytes, and shown in hexadecimal when it is binary", () => {
    expect(frameOf("é")).toEqual({ bytes: 2, shown: "é", text: "é" });
    expect(frameOf(new Uint8Array([0x82, 0x0a]).buffer).shown).toBe("82 0a");
  });

  it("of a stream of events has its lines", () => {
    expect(sseLines("{}", "e.7")).toBe("id: e.7\ndata: {}\n\n");
    expect(sseLines("{}", "")).toBe("data: {}\n\n");
  });
});
