import { describe, expect, it } from "vitest";
import { checkScope, matchesPattern } from "./scopes.ts";
import type { Target, Verb } from "./scopes.ts";

const room = (name: string): Target => ({ kind: "room", name });
const all: Target = { kind: "all" };
const keyWith = (...scopes: string[]) => ({ id: "a", hash: "", scopes });

function isAllowed(scopes: string[], verb: Verb, target: Target): boolean {
  try {
    checkScope(keyWith(...scopes), verb, "/", [target]);
    return true;
  } catch {
    return false;
  }
}

describe("matchesPattern", () => {
  it.each([
    ["*", "", true],
    ["*", "anything", true],
    ["chat-*", "chat-1", true],
    ["chat-*", "chat", false],
    ["chat-*", "xchat-1", false],
    ["*-log", "a-log-log", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["a.c", "abc", false],
    ["", "", true],
    ["", "a", false],
  ])("%s and %s: %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("does not hang on what is made to be slow", () => {
    const started = performance.now();
    expect(matchesPattern("*a".repeat(60), "a".repeat(59) + "b".repeat(200))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("checkScope", () => {
  it.each<[string[], Verb, Target, boolean]>([
    [["*"], "disconnect", all, true],
    [["publish"], "publish", all, true],
    [["publish"], "disconnect", all, false],
    [["publish:*"], "publish", all, true],
    [["publish:all"], "publish", all, true],
    [["publish:room"], "publish", all, false],
    [["publish:room"], "publish", room("a"), true],
    [["publish:room:chat-*"], "publish", room("chat-1"), true],
    [["publish:room:chat-*"], "publish", room("other"), false],
    [["publish:room:a:b"], "publish", room("a:b"), true],
    [["publish:room:a"], "publish", { kind: "user", name: "a" }, false],
    [["read:user:ada", "publish"], "read", { kind: "user", name: "ada" }, true],
    [[], "read", all, false],
  ])("%j, %s %j: %s", (scopes, verb, target, expected) => {
    expect(isAllowed(scopes, verb, target)).toBe(expected);
  });

  it("needs each of several rooms", () => {
    const key = keyWith("publish:room:a", "publish:room:b");
    checkScope(key, "publish", "/", [room("a"), room("b")]);
    expect(() => checkScope(key, "publish", "/", [room("a"), room("c")])).toThrow(
      "the API key has not the scope publish:room:c",
    );
  });

  it("keeps a key in its namespaces", () => {
    const key = { ...keyWith("*"), namespaces: ["/shop-*"] };
    checkScope(key, "publish", "/shop-1", [all]);
    expect(() => checkScope(key, "publish", "/", [all])).toThrow(/namespace/);
  });
});
