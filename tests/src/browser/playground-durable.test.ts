// Trying to lose a message: the playground as npm start runs it, its server killed by its own button in mid-conversation,
// its line cut, its pages reloaded with messages in their outbox.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { Playground } from "../support/playground.ts";
import { until } from "../support/wait.ts";

interface Person {
  context: BrowserContext;
  page: Page;
}

const lineMs = 45_000;
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("trying to lose a message", { skip: browserSkip }, () => {
  const playground = new Playground("scripts/start.mjs");
  const troubles: string[] = [];
  let browser: Browser;
  let anna: Person;
  let ben: Person;

  async function arrive(name: string): Promise<Person> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(lineMs);
    page.on("pageerror", (error) => troubles.push(`${name}: ${error.message}`));
    await page.goto(`${playground.url}/r/storm`);
    await page.getByTestId("name").fill(name);
    await page.getByTestId("enter").click();
    await line(page, "open");
    await page.getByTestId("beginning").waitFor();
    return { context, page };
  }

  const line = (page: Page, state: "open" | "lost"): Promise<void> =>
    page.locator(`[data-testid=line-status][data-state=${state}]`).first().waitFor();

  async function say(page: Page, text: string): Promise<void> {
    await page.getByTestId("message-field").fill(`${text}.`);
    await page.getByTestId("send").click();
  }

  const message = (page: Page, text: string, state: string): Promise<void> =>
    page
      .locator(`[data-testid=message][data-state=${state}]`)
      .filter({ hasText: `${text}.` })
      .waitFor();

  /** All that stands on a page, "<who> <number>" each. */
  async function said(page: Page): Promise<string[]> {
    const texts = await page.getByTestId("message").allInnerTexts();
    return texts.flatMap((text) => /(?:from Anna|from Ben) \d+/.exec(text)?.[0] ?? []);
  }

  /** Everything is there once, each person's in its order, and in one order on both pages. */
  async function complete(annas: number, bens: number): Promise<void> {
    const [one, other] = [anna.page, ben.page];
    for (const page of [one, other]) {
      await message(page, `from Anna ${annas}`, "stored");
      await message(page, `from Ben ${bens}`, "stored");
      await until("all is stored", async () => (await page.locator(unstored).count()) === 0);
    }
    assert.deepEqual(await said(one), await said(other));
    const all = await said(one);
    const by = (who: string): string[] => all.filter((text) => text.startsWith(who));
    assert.deepEqual(
      by("from Anna"),
      numbers(1, annas).map((number) => `from Anna ${number}`),
    );
    assert.deepEqual(
      by("from Ben"),
      numbers(1, bens).map((number) => `from Ben ${number}`),
    );
  }

  const unstored = "[data-testid=message]:not([data-state=stored])";

  /** That many messages are in the outbox of the browser's database. */
  const kept = (page: Page, count: number): Promise<unknown> =>
    page.waitForFunction(
      (expected) =>
        new Promise<boolean>((resolve, reject) => {
          const request = indexedDB.open("hawser-outbox");
          request.addEventListener("error", () => reject(request.error!));
          request.addEventListener("success", () => {
            const entries = request.result.transaction("entries").objectStore("entries").count();
            entries.addEventListener("success", () => resolve(entries.result >= expected));
          });
        }),
      count,
    );

  before(async () => {
    await playground.start();
    browser = await launch();
    anna = await arrive("Anna");
    ben = await arrive("Ben");
  });
  after(async () => {
    await browser?.close();
    await playground.stop("SIGTERM");
    await playground.end();
    assert.deepEqual(troubles, [], "errors in a page");
  });

  it("says what has become of a message: sent, and seen", async () => {
    await say(anna.page, "from Anna 1");
    await say(ben.page, "from Ben 1");
    await complete(1, 1);
    await ben.page.getByTestId("log").click();
    await anna.page.locator("[data-testid=message][data-seen=true]").first().waitFor();
  });

  it("kills the server in mid-conversation, and loses nothing", async () => {
    for (const number of numbers(2, 6)) await say(anna.page, `from Anna ${number}`);
    const lost = [anna, ben].map(({ page }) => line(page, "lost"));
    await ben.page.getByTestId("kill-server").click();
    for (const number of numbers(7, 14)) await say(anna.page, `from Anna ${number}`);
    for (const number of numbers(2, 4)) await say(ben.page, `from Ben ${number}`);
    await Promise.all(lost);
    await line(anna.page, "open");
    await line(ben.page, "open");
    await complete(14, 4);
    for (const { page } of [anna, ben]) {
      await page.getByTestId("line-notice").filter({ hasText: "Nothing was lost." }).waitFor();
    }
    assert.match(playground.output, /was killed \(SIGKILL\)/);
  });

  it("pulls the plug: what is written meanwhile waits, and goes out", async () => {
    await anna.page.getByTestId("pull-plug").click();
    await line(anna.page, "lost");
    await say(anna.page, "from Anna 15");
    await message(anna.page, "from Anna 15", "waiting");
    await say(ben.page, "from Ben 5");
    await complete(15, 5);
    const notice = anna.page.getByTestId("line-notice");
    await notice.filter({ hasText: "1 message waited here" }).waitFor();
  });

  it("reloads a page with messages in its outbox, while the server is killed: they are there again", async () => {
    await ben.context.route("**/socket.io/**", (route) => route.abort());
    await ben.page.getByTestId("pull-plug").click();
    await line(ben.page, "lost");
    for (const number of numbers(6, 8)) await say(ben.page, `from Ben ${number}`);
    await kept(ben.page, 3);
    await ben.page.reload();
    await message(ben.page, "from Ben 8", "waiting");
    const lost = line(anna.page, "lost");
    await anna.page.getByTestId("kill-server").click();
    await say(anna.page, "from Anna 16");
    await lost;
    await ben.context.unroute("**/socket.io/**");
    await line(ben.page, "open");
    await complete(16, 8);
  });

  it("shows the same to a page that comes later", async () => {
    const before = await said(anna.page);
    await anna.page.reload();
    await complete(16, 8);
    assert.deepEqual(await said(anna.page), before);
  });
});
