import type { FuzzTarget } from "../fuzzer.ts";

/** What the test of the fuzzer has to find: a mistake behind nested conditions, in code that is right otherwise. */
function planted(input: Buffer): number {
  if (input[0] === 0x48) {
    if (input[3] === 0x21) {
      if (input[6] === 0x7e) {
        if (input[9] === 0x05) throw new Error("planted");
        return 3;
      }
      return 2;
    }
    return 1;
  }
  return 0;
}

export const target: FuzzTarget = {
  name: "planted",
  seeds: [Buffer.alloc(12)],
  words: [],
  run(input) {
    planted(input);
  },
};
