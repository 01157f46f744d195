import { describe, expect, it } from "vitest";
import { TimingWheel, systemClock } from "@hawser/websocket/internal";
import { TestEngine } from "../testing/engine.ts";
import { RawLine, upgradeHead } from "../testing/raw-http.ts";

/** Choices that are the same in every run. */
class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  below(limit: number): number {
    // The constants of Numerical Recipes.
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  bytes(lengthMax: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(lengthMax) }, () => this.below(256)));
  }
}

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x81, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}

const bodies = ["4hi", "1", "2", "3", "5", "6", "0", "4a\x1e4b", "bAQ==", "b!", "", "\x1e", "x"];
/** The same in Engine.IO 3, as text, as bytes and as forms. */
const bodies3 = [
  "3:4hi",
  "1:1",
  "1:2",
  "1:3",
  "2:4a2:4b",
  "6:b4AQ==",
  "99:4",
  ":",
  "1:9",
  "d=3:4hi",
  "d=",
  "\x00\x03\xff4hi",
  "\x01\x02\xff\x04\x07",
  "\x01\x01\xff\x04",
  "\x00\x09\x09\xff4",
].map((body) => Buffer.from(body, "latin1"));
const revisions = ["EIO=4", "EIO=4", "EIO=4&j=1", "EIO=3", "EIO=3&b64=1", "EIO=3&j=2"];
const talks = [["2probe", "5", "4hi"], ["2probe", "4early"], ["5"], ["4hi"], ["1"], [""], ["2"]];
const parameters = [
  "EIO=4",
  "EIO=3",
  "transport=polling",
  "transport=x",
  "sid=",
  "sid=x",
  "%",
  "=",
];
const origins = ["https://foreign.example", "null", "é", ""];

/** One request, honest or not, for a session that there is or not. */
function makeRequest(dice: Dice, sids: readonly string[]): Buffer {
  const upgrade = dice.below(3) === 0;
  const sid = sids.length > 0 && dice.below(3) > 0 ? `&sid=${dice.of(sids)}` : "";
  const transport = upgrade !== (dice.below(8) === 0) ? "websocket" : "polling";
  const query =
    dice.below(4) === 0
      ? Array.from({ length: dice.below(5) }, () => dice.of(parameters)).join("&")
      : `${dice.of(revisions)}&transport=${transport}${sid}`;
  const headers: Record<string, string> = {};
  if (dice.below(4) === 0) headers["Origin"] = dice.of(origins);
  if (dice.below(4) === 0) headers["Accept-Encoding"] = "gzip";
  if (dice.below(4) === 0) headers["Content-Type"] = "application/octet-stream";
  if (upgrade) {
    if (dice.below(8) === 0) headers["Sec-WebSocket-Key"] = "x";
    const said = dice.below(4) === 0 ? [dice.bytes(40)] : dice.of(talks).map(frame);
    return Buffer.concat([Buffer.from(upgradeHead(`/engine.io/?${query}`, headers)), ...said]);
  }
  const method = dice.of(["GET", "GET", "POST", "POST", "POST", "PUT", "OPTIONS"]);
  const honest = dice.below(2) === 0 ? dice.of(bodies3) : Buffer.from(dice.of(bodies));
  const body = dice.below(4) === 0 ? dice.bytes(200) : honest;
  if (method !== "GET") {
    headers["Content-Length"] = String(body.length + (dice.below(6) === 0 ? dice.below(50) : 0));
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} /engine.io/?${query} HTTP/1.1\r\nHost: a\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), method === "GET" ? Buffer.alloc(0) : body]);
}

async function send(test: TestEngine, dice: Dice, request: Buffer): Promise<void> {
  const line = new RawLine(test.port);
  const cut = dice.below(request.length);
  line.write(request.subarray(0, cut));
  if (dice.below(2) === 0) await new Promise(setImmediate);
  line.write(request.subarray(cut));
  for (let turn = 0; turn < 30; turn++) {
    await new Promise(setImmediate);
    if (line.received !== "" || line.socket.closed) break;
  }
  if (dice.below(4) === 0) line.socket.resetAndDestroy();
  else line.socket.destroy();
}

describe("mutated requests", () => {
  for (const seed of [1, 2, 3]) {
    it(`end nobody but their senders, and leave nothing behind (seed ${seed})`, async () => {
      const wheel = new TimingWheel(systemClock);
      const options = { cors: { origin: true }, cookie: true, allowEIO3: true };
      const test = await TestEngine.start(options, { wheel });
      test.engine.on("connection", (connection) => {
        connection.on("message", () => connection.send("answer"));
      });
      const dice = new Dice(seed);
      const bystander = await test.peer().open();
      await bystander.next();
      for (let round = 0; round < 400; round++) {
        const known = Object.keys(test.engine.clients).slice(-20);
        await send(test, dice, makeRequest(dice, known));
      }
      bystander.send("4still here");
      expect(await bystander.next()).toBe("4answer");
      test.engine.close();
      expect(test.engine.clientsCount).toBe(0);
      for (const { closed } of test.connections) await closed;
      test.http.closeAllConnections();
      // Requests that were cut short leave the wheel as soon as their lines are seen to be gone.
      while (wheel.size > 0) await new Promise(setImmediate);
    });
  }
});
