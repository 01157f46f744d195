import { describe, expect, it } from "vitest";
import { linkify } from "./linkify.ts";

function linksIn(text: string): string[] {
  return linkify(text).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));
}

function textsIn(text: string): string[] {
  return linkify(text).map((piece) => (piece.kind === "link" ? `<${piece.text}>` : piece.text));
}

describe("linkify", () => {
  it("leaves text alone", () => {
    expect(linkify("e.g. this, 3.14 and a.b@c.d")).toEqual([
      { kind: "text", text: "e.g. this, 3.14 and a.b@c.d" },
    ]);
    expect(linkify("")).toEqual([]);
  });

  it("finds addresses between words", () => {
    expect(textsIn("see https://a.example/x?y=1#z and www.b.example!")).toEqual([
      "see ",
      "<https://a.example/x?y=1#z>",
      " and ",
      "<www.b.example>",
      "!",
    ]);
    expect(linksIn("www.b.example")).toEqual(["https://www.b.example/"]);
  });

  it("leaves punctuation out, and keeps brackets that belong to the address", () => {
    expect(textsIn("(https://a.example/b_(c)).")).toEqual(["(", "<https://a.example/b_(c)>", ")."]);
    expect(textsIn("https://a.example/x,")).toEqual(["<https://a.example/x>", ","]);
  });

  it("makes no link of anything that is not the web", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "https://",
      "http://[",
    ]) {
      expect(linksIn(text)).toEqual([]);
    }
  });

  it("makes no link of an address in disguise", () => {
    expect(linksIn("https://bank.example@evil.example/")).toEqual([]);
    expect(linksIn('https://a.example/"onclick="x')).toEqual(["https://a.example/"]);
    expect(linksIn("https://a.example/<script>")).toEqual(["https://a.example/"]);
  });

  it("loses nothing: the pieces together are the text", () => {
    const texts = [
      "a https://x.example b",
      "https://x.example)))",
      "www.",
      "http://a@b http://c.example",
      "«http://é.example»",
    ];
    for (const text of texts)
      expect(
        linkify(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
  });

  it("is quick on what is long", () => {
    const startedAt = performance.now();
    linkify(`https://${")".repeat(4000)}`);
    linkify("www.".repeat(1000));
    linkify(`https://a.example/${"(".repeat(2000)}${")".repeat(2000)}`);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
