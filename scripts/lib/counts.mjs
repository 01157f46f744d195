// Reads how many tests passed from what a runner printed.

export const none = { passed: 0, failed: 0, skipped: 0 };

export function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The closing line of every run here: "N passed, N failed", and ", N skipped" when there are some. */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** From the last such line in the output of one of our own checks. */
export function fromLine(output) {
  const all = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)];
  const last = all.at(-1);
  if (!last) return none;
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}

/**
 * From what node's own test runner prints with its "spec" reporter: its closing lines, and the lines of what
 * was skipped, since its closing lines leave out whole suites that were.
 */
export function fromNodeTest(output) {
  const figure = (name) =>
    Number(new RegExp(`^\\S+ ${name} (\\d+)$`, "m").exec(output.slice(-4_000))?.[1] ?? 0);
  return {
    passed: figure("pass"),
    failed: figure("fail") + figure("cancelled"),
    skipped: (output.match(/^\s*﹣ /gm) ?? []).length + figure("todo"),
  };
}

/** From vitest's JSON report. A file that could not be loaded has no tests, so it counts as one failure. */
export function fromVitest(report) {
  const broken = report.testResults.filter(
    (file) =>
      file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A run that ended badly has failed, whatever it counted; one that counted nothing has not passed. */
export function judged(counts, code) {
  const nothing = counts.passed + counts.failed + counts.skipped === 0;
  return (code !== 0 || nothing) && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
