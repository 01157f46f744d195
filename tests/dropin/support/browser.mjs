// Debian's Chromium.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why tests in a browser cannot run here, or false when they can. */
export const skip = existsSync(executablePath)
  ? false
  : `needs Debian's chromium, and there is no ${executablePath}`;

export const launch = () =>
  chromium.launch({
    executablePath,
    // Root has no sandbox, and tests run as root in many a container.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });

/** Opens a page and lets its `talk` run over each transport; resolves with what they found out. */
export async function talkInPage(browser, url, transports = ["polling", "websocket"], server) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  try {
    await page.goto(url);
    await page.waitForFunction("window.talk !== undefined");
    const found = [];
    for (const transport of transports) {
      const options = JSON.stringify({ transports: [transport] });
      found.push(await page.evaluate(`talk(${JSON.stringify(server)}, ${options})`));
    }
    return { found, errors };
  } finally {
    await page.close();
  }
}
