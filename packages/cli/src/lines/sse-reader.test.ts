import { describe, expect, it } from "vitest";
import { SseReader } from "./sse-reader.ts";

function read(chunks: string[]): unknown[] {
  const heard: unknown[] = [];
  const reader = new SseReader({
    onMessage: (data, id) => heard.push([data, id]),
    onPosition: (id) => heard.push(`at ${id}`),
    onRetry: (ms) => heard.push(ms),
  });
  for (const it of chunks) reader.read(it);
  return heard;
}

const text =
  "\ufeffretry: 2000\nid: 7\r\ndata: one\r\ndata:two\r\n\r\n: comment\rid: 8\r\rdata\n\nevent: x\n";

describe("text/event-stream", () => {
  const expected = [2000, "at 7", ["one\ntwo", "7"], "at 8", "at 8", ["", "8"]];

  it("is read with every ending of lines", () => {
    expect(read([text])).toEqual(expected);
  });

  it("is read in pieces of one character", () => {
    expect(read(text.split(""))).toEqual(expected);
  });
});
