// Opens the chat in a real browser, on an empty database, and lets axe-core judge what is on the screen:
// npm run accessibility -w apps/playground. CHROMIUM names the browser, by default /usr/bin/chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import type { BrowserContext, Page } from "playwright-core";
import { Playground } from "../server/playground.ts";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-sync",
];
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

const playground = await Playground.start({
  port: 0,
  host: "127.0.0.1",
  database: ":memory:",
  kill: true,
});
const base = `http://127.0.0.1:${playground.address.port}`;
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: browserArguments,
});
let violations = 0;
try {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      const name = `${colorScheme}, ${width} px`;
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 800 },
        bypassCSP: true,
      });
      await walk(context, name, width);
      await context.close();
    }
  }
} finally {
  await browser.close();
  await playground.close();
}
console.log(violations === 0 ? "No violations." : `${violations} violations.`);
process.exitCode = violations === 0 ? 0 : 1;

/** Through the states that a person meets. */
async function walk(context: BrowserContext, name: string, width: number): Promise<void> {
  const page = await context.newPage();
  await page.goto(base);
  await judge(page, `${name}: welcome`);
  await page.getByTestId("name").fill(`Person at ${width}`);
  await page.getByTestId("enter").click();
  await page.getByTestId("beginning").waitFor();
  await judge(page, `${name}: the room`);
  await page.getByTestId("message-field").fill("A link: https://www.example.com and words");
  await page.getByTestId("send").click();
  await page
    .getByTestId("picture-file")
    .setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: pixel });
  await page.getByTestId("staged").waitFor();
  await judge(page, `${name}: a staged picture`);
  await page.getByTestId("send").click();
  await page.locator("[data-testid=picture][data-state=ready]").last().click();
  await judge(page, `${name}: a picture, opened`);
  await page.keyboard.press("Escape");
  await openSettings(page, width);
  await judge(page, `${name}: settings`);
  await page.keyboard.press("Escape");
  if (width < 768) await judge(page, `${name}: the drawer`);
  if (width < 768) await page.keyboard.press("Escape");
  await page.getByTestId("join-from-anywhere").click();
  await judge(page, `${name}: join from anywhere`);
  await page.getByTestId("run-here").click();
  await page.locator("[data-testid=guest][data-wire=sse][data-state=open]").waitFor();
  await page.locator("[data-testid=guest][data-wire=msgpack][data-state=open]").waitFor();
  await page.getByTestId("guest-text").fill("From a guest");
  await page.getByTestId("guest-say").click();
  await page.locator("[data-testid=frame][data-wire=sse] pre").waitFor();
  await judge(page, `${name}: guests and frames`);
  await page.getByTestId("run-here").click();
  await page.getByTestId("join-close").click();
  if (width < 768) await page.getByTestId("menu").click();
  await page.getByTestId("new-room").click();
  await judge(page, `${name}: a new room`);
  await page.keyboard.press("Escape");
  if (width < 768) await page.keyboard.press("Escape");
  await context.setOffline(true);
  await page.getByTestId("message-field").fill("Waits");
  await page.getByTestId("send").click();
  await page.getByTestId("retry").waitFor();
  await judge(page, `${name}: without a connection`);
}

async function openSettings(page: Page, width: number): Promise<void> {
  if (width < 768) await page.getByTestId("menu").click();
  await page.getByTestId("settings").click();
  await page.getByTestId("settings-dialog").waitFor();
}

async function judge(page: Page, where: string): Promise<void> {
  // Movement would be judged half way.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  await page.evaluate(axeSource);
  const found = await page.evaluate<Violation[]>(
    "axe.run(document).then((result) => result.violations)",
  );
  violations += found.length;
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${where}`);
  for (const { id, help, nodes } of found) {
    console.log(`     ${id}: ${help}`);
    for (const node of nodes)
      console.log(`       ${node.html}\n       ${node.failureSummary ?? ""}`);
  }
}
