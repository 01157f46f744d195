// One sample in a page of Chromium: the CPU of the processes that show pages, by the operating system's account.
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export const hasChromium = existsSync(executablePath);

export function launch() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  args.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
  return chromium.launch({ executablePath, args });
}

/** Seconds of CPU so far, by process that shows pages. */
async function cpuSeconds(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]));
}

/** What the page has spent: it is the one that has worked most. */
function spent(before, after) {
  return Math.max(...[...after].map(([id, seconds]) => seconds - (before.get(id) ?? 0)));
}

/** µs of CPU per event, or µs from the start of the page to `connect`. Throws when an event was lost or wrong. */
export async function sampleInChromium({ browser, peer, scenario, url, times }) {
  const page = await browser.newPage();
  try {
    if (scenario.play === "connect") {
      await page.goto(`${url}/connect?client=${peer.bundle}`);
      return { value: (await page.evaluate("window.connected")) * 1000 };
    }
    const session = await browser.newBrowserCDPSession();
    await page.goto(`${url}/?client=${peer.bundle}`);
    await page.waitForFunction("window.begin !== undefined");
    await page.evaluate(`window.begin("${scenario.play}")`);
    await pause(times.warmup);
    const before = [await page.evaluate("window.state.count"), await cpuSeconds(session)];
    await pause(times.window);
    const after = [await page.evaluate("window.state.count"), await cpuSeconds(session)];
    const failed = await page.evaluate("window.failed");
    if (failed) throw new Error(failed);
    const completed = after[0] - before[0];
    if (completed === 0) throw new Error("nothing was completed");
    return { value: (spent(before[1], after[1]) * 1e6) / completed, completed };
  } finally {
    await page.close();
  }
}
