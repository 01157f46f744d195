import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { add, fromLine, fromNodeTest, fromVitest, judged, line, none } from "./counts.mjs";

describe("counts", () => {
  it("reads node's closing lines, and suites that were skipped whole", () => {
    const output = [
      "✔ one (1ms)",
      "﹣ a suite (0.6ms) # needs a browser",
      "  ﹣ a test (0.1ms) # SKIP",
      "ℹ tests 4",
      "ℹ pass 2",
      "ℹ fail 1",
      "ℹ cancelled 1",
      "ℹ skipped 1",
      "ℹ todo 0",
      "",
    ].join("\n");
    assert.deepEqual(fromNodeTest(output), { passed: 2, failed: 2, skipped: 2 });
  });

  it("reads our own closing line, the last one", () => {
    assert.deepEqual(fromLine("1 passed, 1 failed\n3 passed, 0 failed, 2 skipped\n"), {
      passed: 3,
      failed: 0,
      skipped: 2,
    });
    assert.deepEqual(fromLine("nothing"), none);
  });

  it("counts a file that vitest could not load as a failure", () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [
        { status: "failed", assertionResults: [] },
        { status: "failed", assertionResults: [{ status: "failed" }] },
        { status: "passed", assertionResults: [{ status: "passed" }] },
      ],
    };
    assert.deepEqual(fromVitest(report), { passed: 5, failed: 2, skipped: 0 });
  });

  it("takes neither a bad exit code nor an empty run for a pass", () => {
    const passed = { ...none, passed: 3 };
    assert.equal(judged(passed, 0).failed, 0);
    assert.equal(judged(passed, 1).failed, 1);
    assert.equal(judged(none, 0).failed, 1);
    assert.equal(judged({ ...none, skipped: 1 }, 0).failed, 0);
  });

  it("prints the closing line that other programs read", () => {
    assert.equal(line(add(none, { passed: 2, failed: 0, skipped: 0 })), "2 passed, 0 failed");
    assert.equal(line({ passed: 2, failed: 1, skipped: 3 }), "2 passed, 1 failed, 3 skipped");
  });
});
