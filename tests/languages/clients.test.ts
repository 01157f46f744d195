// Each client of examples/clients on a live server: it talks, and it loses nothing when its connections break.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { CuttingProxy } from "../src/support/cutting-proxy.ts";
import { randomOf } from "../src/support/random.ts";
import { until } from "../src/support/wait.ts";
import { ChatServer, Observer } from "./chat-server.ts";
import { Chatter } from "./chatter.ts";
import { build, languages, skipOf } from "./toolchains.ts";
import type { Language } from "./toolchains.ts";

const said = 80;
const typedLines = 20;

describe("clients in other languages", { concurrency: 3 }, () => {
  let server: ChatServer;
  before(async () => {
    server = await ChatServer.start();
  });
  after(() => server.end());
  for (const language of languages) {
    const skip = skipOf(language);
    describe(language.name, { skip, concurrency: 1 }, () => client(language, () => server));
  }
});

function client(language: Language, server: () => ChatServer): void {
  const room = `room of ${language.name}`;
  const name = `${language.name} client`;
  const typed = language.short ? 0 : typedLines;

  function open(t: TestContext, port: number, token: string): Chatter {
    const chatter = new Chatter(language, `ws://127.0.0.1:${port}/hawser/ws`, token, room, name);
    t.after(() => chatter.end());
    return chatter;
  }

  async function observe(t: TestContext): Promise<Observer> {
    const observer = await Observer.enter(server(), room, "Observer");
    t.after(() => observer.leave());
    return observer;
  }

  const inRoom = (chatter: Chatter): Promise<void> =>
    chatter.until("is in the room", () =>
      chatter.messages.some((it) => (language.over === "sse" ? it["connected"] : it["subscribed"])),
    );

  before(() => build(language));

  it("enters with its token, says, hears, answers, and leaves", async (t) => {
    const observer = await observe(t);
    const chatter = open(t, server().port, server().token);
    await inRoom(chatter);
    chatter.type('"grüße" \\ 🚢');
    await until("what it says", () => observer.chat.length > 0);
    assert.deepEqual(observer.chat, [[name, '"grüße" \\ 🚢']]);
    await observer.say("ping-from-browser");
    await chatter.hears("Observer", "ping-from-browser");
    await chatter.hears(name, `${name} heard it`);
    assert.deepEqual(chatter.chat, observer.chat);
    if (language.over !== "sse") {
      assert.deepEqual(await observer.rollCall(), [name]);
      assert.deepEqual(chatter.messages.find((it) => it["ack"] === 1)?.["data"], [
        `welcome, ${name}`,
      ]);
    }
    assert.equal(await chatter.leaves(), 0);
  });

  it("is not let in with another token", async (t) => {
    const chatter = open(t, server().port, "another");
    assert.equal(await chatter.ends(), 1);
    assert.equal(chatter.chat.length, 0);
    assert.equal(
      chatter.messages.some((it) => it["connected"]),
      false,
    );
  });

  it("loses nothing and hears nothing twice while its connections break", async (t) => {
    const observer = await observe(t);
    const proxy = await CuttingProxy.to(server().port);
    const random = randomOf(language.name.length);
    const chatter = open(t, Number(new URL(proxy.url).port), server().token);
    t.after(() => proxy.close());
    await inRoom(chatter);
    // The first line goes on until the first cut; the others break after some messages, in the midst of one.
    proxy.budget = () => ({ bytes: 400 + random(3_000), cut: random(2) ? "reset" : "unnoticed" });
    proxy.cut("reset");
    const saying = (async () => {
      for (let number = 1; number <= said; number += 1) {
        await observer.say(`said ${number} ${"·".repeat(random(120))}`);
        if (number <= typed) chatter.type(`typed ${number}`);
      }
    })();
    await saying;
    const everything = (): boolean =>
      observer.chat.filter(([from]) => from === name).length === typed &&
      chatter.chat.length >= said + typed;
    await chatter.until("has heard all", everything);
    proxy.budget = () => ({ bytes: Infinity, cut: "reset" });
    assert.deepEqual(chatter.chat, observer.chat);
    const own = observer.chat.filter(([from]) => from === name).map(([, text]) => text);
    assert.deepEqual(
      own,
      Array.from({ length: typed }, (_, index) => `typed ${index + 1}`),
    );
    assert.ok(proxy.cuts > 3, `only ${proxy.cuts} cuts`);
    assert.equal(await chatter.leaves(), 0);
  });
}
