// node tests/conformance/page.ts writes docs/compatibility.md; with --check it compares.
import { parseArgs } from "node:util";
import { stalePage, writePage } from "./harness/page.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
if (values.check) {
  const stale = stalePage();
  if (stale !== undefined) {
    console.error(stale);
    process.exitCode = 1;
  }
} else {
  writePage();
}
