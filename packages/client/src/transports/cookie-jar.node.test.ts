import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeCookieJar } from "./cookie-jar.node.ts";

describe("NodeCookieJar", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("returns what was set, the newest value of a name", () => {
    const jar = new NodeCookieJar();
    expect(jar.header()).toBe("");
    jar.store(["a=1; Path=/; HttpOnly", "b=x=y; SameSite=Lax"]);
    jar.store(["a=2"]);
    expect(jar.header()).toBe("a=2; b=x=y");
  });

  it("forgets cookies that have expired", () => {
    const jar = new NodeCookieJar();
    const inOneMinute = new Date(Date.now() + 60_000).toUTCString();
    jar.store([`a=1; Max-Age=10`, `b=2; Expires=${inOneMinute}`, "c=3; Max-Age=-1"]);
    expect(jar.header()).toBe("a=1; b=2");
    vi.advanceTimersByTime(11_000);
    expect(jar.header()).toBe("b=2");
    vi.advanceTimersByTime(60_000);
    expect(jar.header()).toBe("");
  });

  it("lets Max-Age win over Expires, in either order", () => {
    const jar = new NodeCookieJar();
    const past = new Date(0).toUTCString();
    jar.store([`a=1; Max-Age=10; Expires=${past}`, `b=2; Expires=${past}; Max-Age=10`]);
    expect(jar.header()).toBe("a=1; b=2");
  });

  it("passes over what is no cookie", () => {
    const jar = new NodeCookieJar();
    jar.store(["", "=x", "novalue", "a=1; Expires=never; Max-Age=soon"]);
    expect(jar.header()).toBe("a=1");
  });
});
