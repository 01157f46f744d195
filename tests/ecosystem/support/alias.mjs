// Proves that what is tested is Hawser, and no original that an installer has put somewhere below.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const here = createRequire(import.meta.url);

/** Asserts that `socket.io` means Hawser here and seen from a package; resolves with the classes. */
export function hawserServer(seenFrom) {
  const manifest = here("socket.io/package.json");
  assert.equal(manifest.name, "hawser", "socket.io is Hawser's");
  const classes = here("socket.io");
  assert.ok("badInput" in new classes.Server(), "it has what only Hawser has");
  if (seenFrom !== undefined) {
    const there = createRequire(here.resolve(seenFrom));
    const seen = there("socket.io");
    assert.equal(seen.Server, classes.Server, `${seenFrom} sees the same Server`);
  }
  return classes;
}
