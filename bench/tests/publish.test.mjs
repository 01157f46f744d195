import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceBetween } from "../lib/publish.mjs";

const page = "before\n<!-- figures: node24 -->\nold\n<!-- end: node24 -->\nafter\n";

test("only what stands between the comments is replaced, again and again", () => {
  const once = replaceBetween(page, "node24", "new");
  assert.equal(once, "before\n<!-- figures: node24 -->\n\nnew\n\n<!-- end: node24 -->\nafter\n");
  assert.equal(replaceBetween(once, "node24", "new"), once);
});

test("a page without the place is left alone, loudly", () => {
  assert.throws(() => replaceBetween(page, "node20", "new"), /no place for "node20"/);
});
