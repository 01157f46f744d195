// CVE-2020-28481 and cross-site websocket hijacking: who may connect from a page, by default and when told.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ours } from "../support/pairing.ts";
import { Victim } from "../support/victim.ts";
import type { Answer } from "../support/victim.ts";
import { WebSocket } from "ws";
import { next } from "../support/wait.ts";

// npm's server lets any page open a websocket.
const skip = ours === "hawser" ? false : "a promise of Hawser alone";
const foreign = [
  "http://evil.example",
  "null",
  "file://",
  "http://127.0.0.1.evil.example",
  "http://",
];

describe("origins", { skip }, () => {
  let victim: Victim;
  before(async () => {
    victim = await Victim.start();
  });
  after(() => victim.end());

  const polling = (headers: Record<string, string>, method = "GET"): Promise<Answer> =>
    victim.request("?EIO=4&transport=polling", { headers, method });

  /** Leaves no session behind. */
  async function assertLetIn(answer: Answer): Promise<void> {
    assert.equal(answer.status, 200, answer.body);
    await victim.post(/"sid":"([^"]+)/.exec(answer.body)?.[1] ?? "", "1");
  }

  /** "open", or the status with which the upgrade was refused. */
  async function websocket(headers: Record<string, string>): Promise<"open" | number> {
    const url = `${victim.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(url, { headers });
    const outcome = await Promise.race([
      next(socket, "open").then(() => "open" as const),
      next<[unknown, { statusCode: number }]>(socket, "unexpected-response").then(
        ([, { statusCode }]) => statusCode,
      ),
    ]);
    socket.on("error", () => undefined);
    socket.terminate();
    return outcome;
  }

  it("a page of another origin cannot open a websocket", async (t) => {
    await victim.watch(t);
    for (const origin of foreign) {
      const outcome = await websocket({ origin });
      assert.ok(outcome === 403 || outcome === 400, `${origin}: ${outcome}`);
    }
  });

  it("a page of another origin cannot read what polling answers", async (t) => {
    await victim.watch(t);
    for (const origin of foreign) {
      const answer = await polling({ origin });
      assert.equal(answer.headers["access-control-allow-origin"], undefined, origin);
      if (answer.status === 200) await assertLetIn(answer);
      const preflight = await polling(
        { origin, "access-control-request-method": "POST" },
        "OPTIONS",
      );
      assert.equal(preflight.headers["access-control-allow-origin"], undefined, origin);
    }
  });

  it("the refusal names the option that would let it in", async (t) => {
    await victim.watch(t);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const { body } = await victim.request("?EIO=4&transport=websocket", {
      headers: { ...upgrade, origin: "http://evil.example" },
    });
    assert.match(body, /cors/);
  });

  it("a page of its own origin, also behind a proxy, and what is no page, come in", async (t) => {
    await victim.watch(t);
    const host = `127.0.0.1:${victim.port}`;
    const own: Record<string, string>[] = [
      {},
      { origin: `http://${host}` },
      { origin: `https://${host}` },
      { origin: "https://app.example", "x-forwarded-host": "app.example" },
    ];
    for (const headers of own) {
      await assertLetIn(await polling(headers));
      assert.equal(await websocket(headers), "open", JSON.stringify(headers));
    }
  });

  it("an origin with characters that none has is refused everywhere", async (t) => {
    await victim.watch(t);
    // Node's client refuses to send such a header, so the bytes are latin1 that is not ASCII.
    const origin = "http://\u00e9vil.example";
    assert.ok([400, 403].includes((await polling({ origin })).status));
    assert.ok([400, 403].includes((await websocket({ origin })) as number));
  });

  it("cors.origin lets in whom it names, on both transports, and nobody else", async (t) => {
    const open = await Victim.start({ cors: { origin: ["http://friend.example"] } });
    t.after(() => open.end());
    const shut = victim;
    victim = open;
    t.after(() => (victim = shut));
    const friend = await polling({ origin: "http://friend.example" });
    assert.equal(friend.headers["access-control-allow-origin"], "http://friend.example");
    await assertLetIn(friend);
    assert.equal(await websocket({ origin: "http://friend.example" }), "open");
    const other = await polling({ origin: "http://evil.example" });
    assert.notEqual(other.headers["access-control-allow-origin"], "http://evil.example");
    assert.notEqual(await websocket({ origin: "http://evil.example" }), "open");
  });
});
