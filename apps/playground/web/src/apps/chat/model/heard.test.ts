import { describe, expect, it } from "vitest";
import { withHeard } from "./heard.ts";

const hello = { key: "key 1", text: "hello", author: { name: "Ana" } };

describe("what the guests hear", () => {
  it("is one line for each message, with the wires that it came over", () => {
    const once = withHeard([], "json", hello);
    const twice = withHeard(once, "sse", hello);
    expect(twice).toEqual([{ key: "key 1", name: "Ana", text: "hello", wires: ["json", "sse"] }]);
  });

  it("is another line when the same comes again over the same wire", () => {
    const published = { text: "tick", author: { name: "cron" } };
    const heard = ["json", "sse", "json"] as const;
    const lines = heard.reduce<ReturnType<typeof withHeard>>(
      (before, wire) => withHeard(before, wire, published),
      [],
    );
    expect(lines.map(({ wires }) => wires)).toEqual([["json", "sse"], ["json"]]);
  });

  it.each([undefined, 7, { text: null }])("takes %j as well", (raw) => {
    expect(withHeard([], "json", raw)).toHaveLength(1);
  });
});
