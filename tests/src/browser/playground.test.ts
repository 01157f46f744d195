// The playground in a real browser: what a person does with the chat, with the line cut and the server killed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { noisePng } from "../support/picture.ts";
import { Playground } from "../support/playground.ts";
import { until } from "../support/wait.ts";

interface Person {
  context: BrowserContext;
  page: Page;
}

const lineMs = 45_000;

describe("the playground", { skip: browserSkip }, () => {
  const playground = new Playground();
  const troubles: string[] = [];
  let browser: Browser;
  let anna: Person;
  let ben: Person;

  async function arrive(name: string): Promise<Person> {
    const context = await browser.newContext({ acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => troubles.push(`${name}: ${error.message}`));
    await page.goto(`${playground.url}/r/harbour`);
    await page.getByTestId("name").fill(name);
    await page.getByTestId("enter").click();
    await online(page);
    return { context, page };
  }

  const online = (page: Page): Promise<void> =>
    page.locator("[data-testid=line-status][data-state=open]").first().waitFor({ timeout: lineMs });

  async function say(page: Page, text: string): Promise<void> {
    await page.getByTestId("message-field").fill(text);
    await page.getByTestId("send").click();
  }

  const message = (page: Page, text: string): ReturnType<Page["locator"]> =>
    page.getByTestId("message").filter({ hasText: text });

  const stored = (page: Page, text: string): Promise<void> =>
    page
      .locator("[data-testid=message][data-state=stored]")
      .filter({ hasText: text })
      .waitFor({ timeout: lineMs });

  /** The texts "<prefix> 1", "<prefix> 2", … on a page, as they stand there. */
  async function sequence(page: Page, prefix: string): Promise<string[]> {
    const texts = await page.getByTestId("message").allInnerTexts();
    return texts.flatMap((text) => new RegExp(`${prefix} \\d+`).exec(text)?.[0] ?? []);
  }

  before(async () => {
    await playground.start();
    browser = await launch();
    anna = await arrive("Anna");
    ben = await arrive("Ben");
  });
  after(async () => {
    await browser?.close();
    await playground.end();
    assert.deepEqual(troubles, [], "errors in a page");
  });

  it("two pages chat, and see each other", async () => {
    await say(anna.page, "Hello from Anna");
    await message(ben.page, "Hello from Anna").waitFor();
    await say(ben.page, "Hello from Ben");
    await message(anna.page, "Hello from Ben").waitFor();
    await until("both are here", async () => {
      return (await anna.page.getByTestId("people-count").first().innerText()) === "2";
    });
  });

  it("shows who is typing", async () => {
    await anna.page.getByTestId("message-field").pressSequentially("I am writ", { delay: 20 });
    await ben.page.getByTestId("typing").filter({ hasText: "Anna" }).waitFor();
    await anna.page.getByTestId("message-field").fill("");
  });

  it("goes over a websocket in the end", async () => {
    await until("the upgrade", async () => {
      const status = anna.page.getByTestId("line-status").first();
      return (await status.getAttribute("data-transport")) === "websocket";
    });
  });

  it("a picture arrives byte for byte", async () => {
    const buffer = noisePng(600);
    await anna.page
      .getByTestId("picture-file")
      .setInputFiles({ name: "noise.png", mimeType: "image/png", buffer });
    await anna.page.getByTestId("staged").waitFor();
    await anna.page.getByTestId("send").click();
    await ben.page.locator("[data-testid=picture][data-state=ready]").last().click();
    const download = ben.page.waitForEvent("download");
    await ben.page.getByTestId("download").click();
    const path = await (await download).path();
    assert.equal(readFileSync(path).equals(buffer), true);
    await ben.page.keyboard.press("Escape");
  });

  it("one goes offline and comes back, and nothing is lost on either side", async () => {
    await ben.context.setOffline(true);
    await ben.page.locator("[data-testid=line-status][data-state=lost]").first().waitFor();
    for (const number of [1, 2, 3]) {
      await say(anna.page, `from the shore ${number}`);
      await say(ben.page, `from the sea ${number}`);
    }
    await stored(anna.page, "from the shore 3");
    await ben.page.getByTestId("line-notice").getByTestId("retry").waitFor();
    await ben.context.setOffline(false);
    await online(ben.page);
    for (const { page } of [anna, ben]) {
      await message(page, "from the sea 3").waitFor({ timeout: lineMs });
      await message(page, "from the shore 3").waitFor({ timeout: lineMs });
      for (const prefix of ["from the sea", "from the shore"]) {
        const expected = [1, 2, 3].map((number) => `${prefix} ${number}`);
        assert.deepEqual(await sequence(page, prefix), expected);
      }
    }
  });

  it("the server is killed and started again: nothing typed meanwhile is lost", async () => {
    assert.equal(await playground.stop("SIGKILL"), "SIGKILL");
    await anna.page.locator("[data-testid=line-status][data-state=lost]").first().waitFor();
    await say(anna.page, "in the dark 1");
    await say(anna.page, "in the dark 2");
    await playground.start();
    for (const { page } of [anna, ben]) {
      await online(page);
      await message(page, "in the dark 2").waitFor({ timeout: lineMs });
      assert.deepEqual(await sequence(page, "in the dark"), ["in the dark 1", "in the dark 2"]);
    }
    await stored(anna.page, "in the dark 2");
  });

  it("a page that is opened again shows what was said before", async () => {
    await ben.page.reload();
    await online(ben.page);
    await message(ben.page, "in the dark 2").waitFor();
    assert.deepEqual(await sequence(ben.page, "from the sea"), [
      "from the sea 1",
      "from the sea 2",
      "from the sea 3",
    ]);
  });

  it("the script-tag page talks to the lobby", async () => {
    const page = await browser.newPage();
    page.on("pageerror", (error) => troubles.push(`script tag: ${error.message}`));
    await page.goto(`${playground.url}/script-tag.html`);
    await page.locator("#status", { hasText: "Connected." }).waitFor();
    await page.locator("#echo").click();
    await page.locator("#answer", { hasText: "ms over" }).waitFor();
    await page.locator("#text").fill("from a script tag");
    await page.locator("#form button").click();
    await page.locator("#log", { hasText: "from a script tag" }).waitFor();
    await page.close();
  });

  it("says so when the history is no longer there, and still sends what waited", async () => {
    await playground.stop("SIGKILL");
    playground.loseMessages();
    await anna.page.locator("[data-testid=line-status][data-state=lost]").first().waitFor();
    await say(anna.page, "after the flood 1");
    await say(anna.page, "after the flood 2");
    const told = anna.page.getByTestId("toasts").filter({ hasText: "no longer kept" }).waitFor();
    await playground.start();
    await told;
    await stored(anna.page, "after the flood 2");
    await message(ben.page, "after the flood 2").waitFor({ timeout: lineMs });
    for (const { page } of [anna, ben]) {
      const texts = ["after the flood 1", "after the flood 2"];
      assert.deepEqual(await sequence(page, "after the flood"), texts);
      assert.equal(await message(page, "in the dark").count(), 0);
    }
    await anna.page
      .getByTestId("line-notice")
      .filter({ hasText: "loaded anew" })
      .waitFor({ timeout: lineMs });
  });

  it("stops in good order on SIGTERM, and tells the pages", async () => {
    assert.equal(await playground.stop("SIGTERM"), 0);
    await anna.page.locator("[data-testid=line-status][data-state=lost]").first().waitFor();
    await anna.page.getByTestId("line-notice").filter({ hasText: "restarted" }).waitFor();
  });
});
