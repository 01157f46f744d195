// HTTP requests that no honest client makes: each is answered, and nobody else notices.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { next } from "../support/wait.ts";
import { Victim } from "../support/victim.ts";
import type { Answer } from "../support/victim.ts";

const polling = "?EIO=4&transport=polling";
let victim: Victim;

const messages = [
  "Transport unknown",
  "Session ID unknown",
  "Bad handshake method",
  "Bad request",
  "Forbidden",
  "Unsupported protocol version",
];

/** The answer carries the protocol's message for this code, as text on an upgrade at some servers. */
function assertRefused({ status, body }: Answer, code: number): void {
  assert.equal(status, 400, body);
  assert.ok(body.includes(messages[code] as string), `${code} expected: ${body}`);
}

const upgradeHeaders = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

describe("requests", () => {
  before(async () => {
    victim = await Victim.start();
  });
  after(() => victim.end());

  it("unknown sid: GET, POST, upgrade", async (t) => {
    await victim.watch(t);
    for (const sid of ["unknown", "", "__proto__", "constructor", "a".repeat(5_000), "%00"]) {
      // An empty one is none, or an unknown one: both are right.
      if (sid === "") {
        assert.equal((await victim.post(sid, "40")).status, 400);
        continue;
      }
      assertRefused(await victim.poll(sid), 1);
      assertRefused(await victim.post(sid, "40"), 1);
      const path = `?EIO=4&transport=websocket&sid=${sid}`;
      assertRefused(await victim.request(path, { headers: upgradeHeaders }), 1);
    }
  });

  it("wrong verbs, without a session and with one", async (t) => {
    await victim.watch(t);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      assertRefused(await victim.request(polling, { method }), 2);
    }
    const sid = await victim.pollingSession();
    for (const method of ["PUT", "DELETE", "PATCH"]) {
      const { status } = await victim.request(`${polling}&sid=${sid}`, { method });
      assert.equal(status >= 400 && status < 600, true, `${method}: ${status}`);
    }
    await victim.post(sid, "1").catch(() => undefined);
  });

  it("CVE-2023-31125: transport names from the prototype chain, lists, repeats, nothing", async (t) => {
    await victim.watch(t);
    const names = [
      "__proto__",
      "constructor",
      "toString",
      "hasOwnProperty",
      "",
      "Polling",
      "flash",
    ];
    for (const name of names) {
      assertRefused(await victim.request(`?EIO=4&transport=${name}`), 0);
      const answer = await victim.request(`?EIO=4&transport=${name}`, { headers: upgradeHeaders });
      assertRefused(answer, 0);
    }
    for (const query of [
      "?EIO=4",
      "?EIO=4&transport",
      "?EIO=4&transport[]=polling",
      "?EIO=4&transport[__proto__]=polling",
      "?EIO=4&transport=polling%00",
      "?EIO=4&__proto__=polling",
    ]) {
      assertRefused(await victim.request(query), 0);
    }
    // Said twice: whatever it is taken for, it is answered.
    const twice = await victim.request("?EIO=4&transport=polling&transport=websocket");
    assert.equal(twice.status === 400 || twice.status === 200, true);
    if (twice.status === 200) await victim.post(/"sid":"([^"]+)/.exec(twice.body)?.[1] ?? "", "1");
  });

  it("revisions that are not spoken", async (t) => {
    await victim.watch(t);
    for (const revision of ["3", "5", "2", "04", "4.0", "x", "__proto__"]) {
      assertRefused(await victim.request(`?EIO=${revision}&transport=polling`), 5);
    }
    assertRefused(await victim.request("?transport=polling"), 5);
  });

  it("a session's id with another transport", async (t) => {
    await victim.watch(t);
    const sid = await victim.pollingSession();
    assertRefused(await victim.request(`?EIO=4&transport=websocket&sid=${sid}`), 3);
    await victim.assertLives(sid);
  });

  it("a second GET while one waits ends the session, and both are answered", async (t) => {
    await victim.watch(t);
    const sid = await victim.pollingSession();
    const answers = await Promise.all([victim.poll(sid), victim.poll(sid)]);
    const [first, second] = answers.toSorted((a, b) => a.status - b.status) as [Answer, Answer];
    assert.equal(first.status, 200);
    assert.equal(first.body, "1");
    assert.equal(second.status, 400);
    await victim.assertEnded(sid);
  });

  it("a second POST while one is under way ends the session", async (t) => {
    await victim.watch(t);
    const sid = await victim.pollingSession();
    const slow = connect(victim.port, "127.0.0.1");
    slow.on("error", () => undefined);
    slow.write(
      `POST /socket.io/${polling}&sid=${sid} HTTP/1.1\r\nHost: x\r\n` +
        "Content-Type: text/plain\r\nContent-Length: 100\r\n\r\n4",
    );
    // Its headers have been read when a request behind it on the same line of events is answered.
    await victim.request(polling).then(({ body }) => {
      return victim.post(/"sid":"([^"]+)/.exec(body)?.[1] ?? "", "1");
    });
    assert.equal((await victim.post(sid, '42["echo",1]')).status, 400);
    await victim.assertEnded(sid);
    slow.destroy();
  });

  it("a POST whose line breaks ends the session", async (t) => {
    await victim.watch(t);
    const sid = await victim.pollingSession();
    const broken = connect(victim.port, "127.0.0.1");
    await next(broken, "connect");
    broken.write(
      `POST /socket.io/${polling}&sid=${sid} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n42["ec`,
      () => broken.resetAndDestroy(),
    );
    await victim.assertEnded(sid);
    assert.equal((await victim.state()).handled["ec"], undefined);
  });

  it("an aborted poll ends the session", async (t) => {
    await victim.watch(t);
    const sid = await victim.pollingSession();
    const aborted = connect(victim.port, "127.0.0.1");
    await next(aborted, "connect");
    aborted.write(`GET /socket.io/${polling}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`, () => {
      aborted.resetAndDestroy();
    });
    await victim.assertEnded(sid);
  });

  it("bodies that are no payload end the session", async (t) => {
    await victim.watch(t);
    const bodies: [string, string | Buffer][] = [
      ["nothing", ""],
      ["an unknown packet type", "9"],
      ["a letter", "x"],
      ["separators alone", "\u001e\u001e\u001e"],
      ["base64 with a wrong letter", "b!!!!"],
      ["base64 of a wrong length", "bAAAAA"],
      ["base64 with a space", "bAA A"],
      ["a Socket.IO packet of no type", "4"],
      ["a Socket.IO packet of an unknown type", "47"],
      ["JSON that ends early", '42["echo",'],
      ["bytes that are not UTF-8", Buffer.from([0x34, 0x32, 0xff, 0xfe])],
    ];
    for (const [name, body] of bodies) {
      const sid = await victim.pollingSession();
      const { status } = await victim.post(sid, body);
      assert.equal(status === 200 || status === 400, true, `${name}: ${status}`);
      await victim.assertEnded(sid).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
    }
  });

  it("CVE-2026-59725: POST of application/octet-stream is answered, and again and again", async (t) => {
    await victim.watch(t);
    for (let round = 0; round < 20; round += 1) {
      const sid = await victim.pollingSession();
      const type = { "content-type": "application/octet-stream" };
      const { status } = await victim.post(sid, Buffer.from([4, 1]), type);
      assert.equal(status, 400);
      await victim.assertEnded(sid);
    }
  });

  it("CVE-2020-36048: a body over the limit gets 413 without being kept", async (t) => {
    const { rss } = await victim.watch(t);
    const sid = await victim.pollingSession();
    assert.equal((await victim.post(sid, Buffer.alloc(1_000_001, "4"))).status, 413);
    await victim.post(sid, "1");
    // Said to be small, or of no said size: the cap counts what comes.
    for (let round = 0; round < 4; round += 1) {
      const session = await victim.pollingSession();
      const answer = await victim
        .request(`${polling}&sid=${session}`, {
          method: "POST",
          headers: { "transfer-encoding": "chunked" },
          body: Buffer.alloc(30_000_000, "4"),
        })
        // The line may be cut while there is still something to send.
        .catch((error: NodeJS.ErrnoException) => error.code);
      const outcome = typeof answer === "object" ? answer.status : answer;
      assert.ok([413, "ECONNRESET", "EPIPE"].includes(outcome as string), String(outcome));
      await victim.post(session, "1");
    }
    // 120 MB were sent: far less was ever held.
    assert.ok((await victim.state()).rss < rss + 60_000_000);
  });

  it("CVE-2022-41940: upgrades that are refused and reset at once", async (t) => {
    await victim.watch(t);
    for (let round = 0; round < 150; round += 1) {
      const socket = connect(victim.port, "127.0.0.1");
      socket.on("error", () => undefined);
      await next(socket, "connect");
      const query = round % 2 === 0 ? "transport=websocket&sid=unknown" : "transport=nothing";
      socket.write(
        `GET /socket.io/?EIO=4&${query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n` +
          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nand more",
        () => socket.resetAndDestroy(),
      );
      await next(socket, "close");
    }
  });

  it("upgrades with headers missing or wrong are refused in HTTP", async (t) => {
    await victim.watch(t);
    const path = "?EIO=4&transport=websocket";
    const wrong: [string, Record<string, string | undefined>][] = [
      ["no key", { "sec-websocket-key": undefined }],
      ["a short key", { "sec-websocket-key": "abc" }],
      ["no version", { "sec-websocket-version": undefined }],
      ["a wrong version", { "sec-websocket-version": "7" }],
      ["another protocol", { upgrade: "h2c" }],
    ];
    for (const [name, headers] of wrong) {
      const all = Object.entries({ ...upgradeHeaders, ...headers });
      const { status } = await victim.request(path, {
        headers: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
      });
      assert.equal(status >= 400 && status < 500, true, `${name}: ${status}`);
    }
    // No upgrade at all.
    assert.equal((await victim.request(path)).status, 400);
  });

  it("thousands of headers and queries do no harm", async (t) => {
    await victim.watch(t);
    const many = Array.from({ length: 1_500 }, (_, index) => `k${index}=${index}`).join("&");
    const { status, body } = await victim.request(`${polling}&${many}`);
    assert.equal(status, 200);
    await victim.post(/"sid":"([^"]+)/.exec(body)?.[1] ?? "", "1");
    const headers = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, ""]),
    );
    const answer = await victim.request("?EIO=4&transport=websocket", {
      headers: { ...headers, ...upgradeHeaders },
    });
    assert.equal(answer.status < 500, true);
  });

  it("CVE-2017-16031: session ids and socket ids cannot be guessed", async (t) => {
    await victim.watch(t);
    const ids: string[] = [];
    for (let round = 0; round < 150; round += 1) {
      const sid = await victim.pollingSession({ joined: false });
      await victim.post(sid, "40");
      ids.push(sid, /"sid":"([^"]+)/.exec((await victim.poll(sid)).body)?.[1] ?? "");
      await victim.post(sid, "1");
    }
    assert.equal(new Set(ids).size, ids.length);
    // Sixteen positions that take many values are 96 bits or more; a counter has few that move.
    const lengths = Math.min(...ids.map((id) => id.length));
    let free = 0;
    for (let position = 0; position < lengths; position += 1) {
      if (new Set(ids.map((id) => id[position])).size >= 32) free += 1;
    }
    assert.equal(free >= 16, true, `${free} free positions in ids such as ${ids[0]}`);
  });
});
