import { describe, expect, it } from "vitest";
import { limits } from "../../shared/chat/limits.ts";
import { memberOfAuth } from "./identity.ts";
import { Refusal } from "./refusal.ts";
import { readDraft, readHistory, readJoin } from "./requests.ts";

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const good = { key: "key-0001", room: "lobby", text: "hello" };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "accepted";
}

describe("readDraft", () => {
  it("takes text, a picture, or both", () => {
    expect(readDraft(good)).toEqual({ ...good, picture: undefined, again: false });
    const picture = { bytes: png, width: 3, height: 2 };
    expect(readDraft({ ...good, text: " ", picture })).toMatchObject({
      text: "",
      picture: { type: "image/png" },
    });
  });

  it.each([
    ["nothing", undefined, "bad-request"],
    ["a list", [], "bad-request"],
    ["no key", { ...good, key: undefined }, "bad-request"],
    ["a short key", { ...good, key: "k" }, "bad-request"],
    ["a long key", { ...good, key: "k".repeat(65) }, "bad-request"],
    ["a text that is none", { ...good, text: { toString: "x" } }, "bad-request"],
    ["an empty text", { ...good, text: " \n\u200b " }, "empty-message"],
    ["a long text", { ...good, text: "x".repeat(limits.textCharsMax + 1) }, "long-message"],
    ["a room that climbs", { ...good, room: "../lobby" }, "bad-room"],
    ["a room that is an object", { ...good, room: { length: 3 } }, "bad-room"],
    ["a picture that is text", { ...good, picture: "data:" }, "bad-request"],
    [
      "bytes that are a list",
      { ...good, picture: { bytes: [1, 2], width: 1, height: 1 } },
      "bad-request",
    ],
    [
      "bytes of no picture",
      { ...good, picture: { bytes: new Uint8Array(20), width: 1, height: 1 } },
      "bad-picture",
    ],
    [
      "a size that is none",
      { ...good, picture: { bytes: png, width: Number.NaN, height: 1 } },
      "bad-picture",
    ],
    ["a size of nothing", { ...good, picture: { bytes: png, width: 0, height: 1 } }, "bad-picture"],
    [
      "too many bytes",
      {
        ...good,
        picture: { bytes: new Uint8Array(limits.pictureBytesMax + 1), width: 1, height: 1 },
      },
      "large-picture",
    ],
  ])("refuses %s", (_, raw, code) => {
    expect(codeOf(() => readDraft(raw))).toBe(code);
  });
});

describe("readJoin and readHistory", () => {
  it("take whole numbers as positions", () => {
    expect(readJoin({ room: "lobby", read: 2 })).toEqual({ room: "lobby", read: 2 });
    expect(readJoin({ room: "lobby", read: null })).toEqual({ room: "lobby" });
    expect(readHistory({ room: "lobby", before: 5 })).toEqual({ room: "lobby", before: 5 });
  });

  it("refuse others", () => {
    expect(codeOf(() => readJoin({ room: "lobby", read: "3" }))).toBe("bad-request");
    expect(codeOf(() => readJoin({ room: "lobby", read: -1 }))).toBe("bad-request");
    expect(codeOf(() => readJoin({ room: "lobby", read: 2 ** 60 }))).toBe("bad-request");
    expect(codeOf(() => readHistory({ room: "lobby", before: "1" }))).toBe("bad-request");
  });
});

describe("memberOfAuth", () => {
  const secret = "s".repeat(22);

  it("gives a person the same id each time, which does not show the secret", () => {
    const { id, name } = memberOfAuth({ secret, name: " Ana " });
    expect(name).toBe("Ana");
    expect(memberOfAuth({ secret, name: "Other" }).id).toBe(id);
    expect(memberOfAuth({ secret: "t".repeat(22), name: "Ana" }).id).not.toBe(id);
    expect(id).not.toContain(secret);
  });

  it("refuses a missing or short secret, and a name that cannot be seen", () => {
    expect(codeOf(() => memberOfAuth({ name: "Ana" }))).toBe("bad-secret");
    expect(codeOf(() => memberOfAuth({ secret: "short", name: "Ana" }))).toBe("bad-secret");
    expect(codeOf(() => memberOfAuth({ secret, name: "\u200b" }))).toBe("bad-name");
    expect(codeOf(() => memberOfAuth({ secret, name: "x".repeat(33) }))).toBe("bad-name");
  });
});
