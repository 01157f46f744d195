import { describe, expect, it } from "vitest";
import { TestEngine } from "../../testing/engine.ts";
import { send } from "../../testing/raw-http.ts";
import { Outgoing } from "../outgoing.ts";
import { JsonpCodec } from "./jsonp.ts";
import { pollingCodec4 } from "./polling-codec.ts";

/** Runs an answer as a browser would, and gives what it was called with. */
function run(script: string): { index: number; body: string } {
  const called: { index: number; body: string }[] = [];
  const eio = new Proxy(
    {},
    { get: (_, key) => (body: string) => called.push({ index: Number(key), body }) },
  );
  // oxlint-disable-next-line no-implied-eval -- a script tag does no less
  new Function("___eio", script)(eio);
  expect(called).toHaveLength(1);
  return called[0]!;
}

describe("JsonpCodec", () => {
  const codec = new JsonpCodec(pollingCodec4, "7");
  const decoded = (text: string): unknown =>
    codec.decode(Buffer.from(new URLSearchParams({ d: text }).toString()))[0]?.data;

  it("writes a script that calls back with the body", () => {
    const text = `4"'\\n\n</script>\u2028\u2029😀`;
    const script = codec.encode([new Outgoing(text), new Outgoing("4b")]);
    expect(run(script)).toEqual({ index: 7, body: `${text}\x1e4b` });
    expect(script).not.toMatch(/[\u2028\u2029]/);
    for (const part of [codec.close, codec.noop, codec.noopClose]) run(part);
  });

  it("keeps the digits of the index alone", () => {
    for (const index of ["1]();alert();//", "a1", "__proto__", "1"]) {
      expect(new JsonpCodec(pollingCodec4, index).noop).toMatch(/^___eio\[1?\]\("6"\);$/);
    }
  });

  it("reads what clients write for line feeds", () => {
    expect(decoded("4a\\nb")).toBe("a\nb");
    expect(decoded("4a\\\\nb")).toBe("a\\nb");
    expect(decoded("4n\\\\")).toBe("n\\\\");
    expect(decoded("4+&=%€")).toBe("+&=%€");
    expect(() => codec.decode(Buffer.from("e=4a"))).toThrow(/Empty/);
  });
});

for (const EIO of [3, 4]) {
  describe(`JSONP with Engine.IO ${EIO}`, () => {
    const target = `/engine.io/?EIO=${EIO}&transport=polling&j=2`;
    const form = { "Content-Type": "application/x-www-form-urlencoded" };

    it("carries a session", async () => {
      const test = await TestEngine.start({ allowEIO3: true });
      const opened = await send(test.port, target);
      expect(opened.headers["content-type"]).toBe("text/javascript; charset=UTF-8");
      expect(run(opened.body).index).toBe(2);
      const { connection } = test.last;
      const session = `${target}&sid=${connection.id}`;
      const packet = EIO === 3 ? "4:4a\\\\n" : "4a\\\\n";
      const body = new URLSearchParams({ d: packet }).toString();
      const posted = await send(test.port, session, { method: "POST", headers: form, body });
      expect([posted.status, posted.body, test.last.messages]).toEqual([200, "ok", ["a\\n"]]);
      connection.send("x");
      connection.send(Buffer.of(1));
      const bodies = { 3: "2:4x6:b4AQ==", 4: "4x\x1ebAQ==" };
      const answer = await send(test.port, session);
      expect(run(answer.body).body).toBe(bodies[EIO as 3 | 4]);
      connection.close();
      const last = await send(test.port, session);
      expect(run(last.body).body).toBe(EIO === 3 ? "1:61:1" : "6\x1e1");
    });

    it("is no way around the rule of origins", async () => {
      const test = await TestEngine.start({ allowEIO3: true });
      const from = async (headers: Record<string, string>): Promise<number> =>
        (await send(test.port, target, { headers })).status;
      expect(await from({ Referer: "https://evil.example/" })).toBe(403);
      expect(await from({ "Sec-Fetch-Site": "cross-site" })).toBe(403);
      expect(await from({ Referer: `http://127.0.0.1:${test.port}/page` })).toBe(200);
      expect(await from({})).toBe(200);
    });

    it("lets pages of other origins in that cors names", async () => {
      const cors = { origin: ["https://app.example"] };
      const test = await TestEngine.start({ allowEIO3: true, cors });
      const from = async (Referer: string): Promise<number> =>
        (await send(test.port, target, { headers: { Referer } })).status;
      expect(await from("https://app.example/chat")).toBe(200);
      expect(await from("https://evil.example/")).toBe(403);
    });
  });
}
