import { describe, expect, it } from "vitest";
import { isLoopback, targetOf } from "./target.ts";
import type { Dialect } from "./target.ts";

describe("the language of an address", () => {
  it.each([
    ["http://a.example", "socket.io", "http://a.example/"],
    ["localhost:3000", "socket.io", "http://localhost:3000/"],
    ["https://a.example/custom", "socket.io", "https://a.example/custom"],
    ["ws://a.example/socket.io/", "socket.io", "http://a.example/socket.io/"],
    ["ws://a.example/hawser/ws", "plain", "ws://a.example/hawser/ws"],
    ["https://a.example/hawser/ws?x=1", "plain", "wss://a.example/hawser/ws?x=1"],
    ["wss://a.example/chat", "raw", "wss://a.example/chat"],
    ["http://a.example/hawser/sse?room=a", "sse", "http://a.example/hawser/sse?room=a"],
  ])("%s is %s", (text, dialect, href) => {
    const target = targetOf(text, undefined);
    expect([target.dialect, target.url.href]).toEqual([dialect, href]);
  });

  it.each([
    ["http://a.example", "plain", "ws://a.example/hawser/ws"],
    ["ws://a.example/x", "msgpack", "ws://a.example/x"],
    ["wss://a.example", "sse", "https://a.example/hawser/sse"],
    ["wss://a.example", "socket.io", "https://a.example/"],
  ])("%s named %s is %s", (text, dialect, href) => {
    expect(targetOf(text, dialect as Dialect).url.href).toBe(href);
  });

  it.each(["ftp://a.example", "http://:x", ""])("%s is none", (text) => {
    expect(() => targetOf(text, undefined)).toThrow(/is not (?:an address|spoken here)/);
  });

  it("knows this machine", () => {
    const names = ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"];
    expect(names.map((it) => isLoopback(new URL(`http://${it}/`)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(isLoopback(new URL("http://127.0.0.1.evil.example/"))).toBe(false);
  });
});
