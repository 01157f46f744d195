import { gunzipSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { TestEngine } from "../../testing/engine.ts";
import { sendOpen } from "../../testing/raw-http.ts";
import type { Answer } from "../../testing/raw-http.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { EngineError } from "../errors.ts";
import { Outgoing } from "../outgoing.ts";

const badRequest = '{"code":3,"message":"Bad request"}';

/** A GET that the server has received and holds. */
async function waitingGet(
  test: TestEngine,
  sid: string,
  headers?: Record<string, string>,
): Promise<{ answer: Promise<Answer> }> {
  const arrived = new Promise((resolve) => test.http.once("request", resolve));
  const answer = test.get(sid, headers);
  await arrived;
  return { answer };
}

/** A POST that the server has begun to receive and that does not end. */
async function unfinishedPost(test: TestEngine, sid: string) {
  const arrived = new Promise((resolve) => test.http.once("request", resolve));
  const open = sendOpen(test.port, `/engine.io/?EIO=4&transport=polling&sid=${sid}`, "POST");
  open.request.write("4");
  await arrived;
  return open;
}

describe("GET", () => {
  it("answers the handshake with the open packet", async () => {
    const test = await TestEngine.start({ pingInterval: 111, pingTimeout: 222 });
    const answer = await test.ask("transport=polling");
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=UTF-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.body[0]).toBe("0");
    expect(JSON.parse(answer.body.slice(1))).toEqual({
      sid: test.last.connection.id,
      upgrades: ["websocket"],
      pingInterval: 111,
      pingTimeout: 222,
      maxPayload: 1_000_000,
    });
  });

  it("takes what is queued at once, and otherwise waits", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { connection } = test.last;
    expect(connection.writable).toBe(false);
    connection.send("a");
    connection.send(Buffer.of(1, 2, 3));
    connection.sendOutgoing(new Outgoing("4b", [Buffer.of(255)]));
    expect((await test.get(sid)).body).toBe("4a\x1ebAQID\x1e4b\x1eb/w==");
    const { answer } = await waitingGet(test, sid);
    expect(connection.writable).toBe(true);
    connection.send("c");
    expect(connection.writable).toBe(false);
    connection.send("d");
    expect((await answer).body).toBe("4c\x1e4d");
  });

  it("takes messages of one tick in one body, and messages after it in the next", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid);
    for (let index = 0; index < 5; index++) test.last.connection.send(String(index));
    expect((await answer).body).toBe("40\x1e41\x1e42\x1e43\x1e44");
    test.last.connection.send("later");
    expect((await test.get(sid)).body).toBe("4later");
  });

  it("is one at a time: a second one ends the session", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid);
    const second = await test.get(sid);
    expect([second.status, second.body]).toEqual([400, badRequest]);
    const first = await answer;
    expect([first.status, first.body]).toEqual([200, "1"]);
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "POLL_OVERLAP" });
    expect((await test.get(sid)).status).toBe(400);
  });

  it("ends the session when the client gives it up", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const arrived = new Promise((resolve) => test.http.once("request", resolve));
    const { request } = sendOpen(
      test.port,
      `/engine.io/?EIO=4&transport=polling&sid=${sid}`,
      "GET",
    );
    request.end();
    await arrived;
    request.destroy();
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "POLL_ABORTED" });
    expect((await test.get(sid)).status).toBe(400);
  });

  it("leaves no listener behind on a line that serves many of them", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    for (let index = 0; index < 30; index++) {
      const { answer } = await waitingGet(test, sid);
      test.last.connection.send(String(index));
      expect((await answer).body).toBe(`4${index}`);
    }
    expect(test.last.connection.readyState).toBe("open");
  });
});

describe("POST", () => {
  it("brings messages, in order, and is answered with ok", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const answer = await test.post(sid, "4a\x1ebAQID\x1e4\x1e4é€😀");
    expect([answer.status, answer.body]).toEqual([200, "ok"]);
    expect(answer.headers["content-type"]).toBe("text/html");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(test.last.messages).toEqual(["a", Buffer.of(1, 2, 3), "", "é€😀"]);
  });

  it("is one at a time: a second one ends the session", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const first = await unfinishedPost(test, sid);
    const second = await test.post(sid, "4b");
    expect([second.status, second.body]).toEqual([400, badRequest]);
    expect(await first.answer).toBe(400);
    first.request.destroy();
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "POST_OVERLAP" });
    expect(test.last.messages).toEqual([]);
  });

  it("ends the session when the client gives it up", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { request } = await unfinishedPost(test, sid);
    request.destroy();
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "POST_ABORTED" });
  });

  it("CVE-2026-59725: application/octet-stream is answered with 400 at once", async () => {
    const test = await TestEngine.start();
    for (const type of ["application/octet-stream", "Application/Octet-Stream; x=y"]) {
      const sid = await test.handshake();
      const answer = await test.post(sid, "4a", { "Content-Type": type });
      expect([answer.status, answer.body]).toEqual([400, badRequest]);
      const [reason, description] = await test.last.closed;
      expect(reason).toBe("transport error");
      expect(description).toMatchObject({ code: "BODY_NOT_TEXT" });
      expect(test.last.messages).toEqual([]);
    }
    expect(test.engine.clientsCount).toBe(0);
  });

  it("CVE-2020-36048: a body over the limit is answered with 413 while it is read", async () => {
    const test = await TestEngine.start({ maxHttpBufferSize: 1_000 });
    for (const headers of [{}, { "Transfer-Encoding": "chunked" }]) {
      const sid = await test.handshake();
      const answer = await test.post(sid, `4${"x".repeat(1_000)}`, headers);
      expect([answer.status, answer.body]).toEqual([413, badRequest]);
      const [reason, description] = await test.last.closed;
      expect(reason).toBe("transport error");
      expect(description).toMatchObject({ code: "BODY_TOO_LARGE" });
    }
    const sid = await test.handshake();
    expect((await test.post(sid, `4${"x".repeat(999)}`)).status).toBe(200);
  });

  it("is refused when it does not arrive in time", async () => {
    const clock = new VirtualClock();
    const internals = { wheel: new TimingWheel(clock), limits: { requestBodyTimeoutMs: 5_000 } };
    const test = await TestEngine.start({}, internals);
    const sid = await test.handshake();
    const { request, answer } = await unfinishedPost(test, sid);
    clock.advance(5_100);
    expect(await answer).toBe(400);
    request.destroy();
    const [, description] = await test.last.closed;
    expect(description).toMatchObject({ code: "POST_TIMEOUT" });
  });

  const invalid = ["", "abc", "4a\x1e", "\x1e4a", "7", "4a\x1e9", "b!!!!", "bAQ", "-1", "\ud800"];
  for (const body of invalid) {
    it(`ends the session when it holds ${JSON.stringify(body)}`, async () => {
      const test = await TestEngine.start();
      const sid = await test.handshake();
      const answer = await test.post(sid, body);
      expect([answer.status, answer.body]).toEqual([400, badRequest]);
      const [reason, description] = await test.last.closed;
      expect(reason).toBe("parse error");
      expect(description).toBeInstanceOf(Error);
      expect(test.last.messages).toEqual([]);
    });
  }

  it("ends the session when it brings a ping, which is the server's to send", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    await test.post(sid, "2\x1e4late");
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toBeInstanceOf(EngineError);
    expect(test.last.messages).toEqual([]);
  });

  it("closes the session with a close packet, and lets the waiting GET go", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid);
    expect((await test.post(sid, "4bye\x1e1")).body).toBe("ok");
    expect(await test.last.closed).toEqual(["transport close", undefined]);
    expect((await answer).body).toBe("6");
    expect(test.last.messages).toEqual(["bye"]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("hands up the rest of a body after a listener has thrown", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const caught: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => caught.push(error));
    test.last.connection.on("message", (data) => {
      if (data === "b") throw new Error("the application's");
    });
    const answer = await test.post(sid, "4a\x1e4b\x1e4c");
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(answer.body).toBe("ok");
    expect(test.last.messages).toEqual(["a", "b", "c"]);
    expect(caught).toEqual([new Error("the application's")]);
  });
});

describe("other methods", () => {
  it("are answered with 405 and leave the session alone", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid);
    for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const refused = await test.ask(`transport=polling&sid=${sid}`, { method });
      expect(refused.status).toBe(405);
      expect(refused.headers.allow).toBe("GET, POST");
    }
    test.last.connection.send("still here");
    expect((await answer).body).toBe("4still here");
  });
});

describe("closing", () => {
  it("answers the waiting GET with a close packet", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid);
    test.last.connection.close();
    expect((await answer).body).toBe("1");
    expect(await test.last.closed).toEqual(["forced close", undefined]);
  });

  it("answers the next GET with noop and close", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    test.last.connection.close();
    test.last.connection.close();
    expect(test.last.connection.readyState).toBe("closing");
    expect((await test.get(sid)).body).toBe("6\x1e1");
    expect(await test.last.closed).toEqual(["forced close", undefined]);
    expect((await test.get(sid)).status).toBe(400);
  });

  it("flushes what is queued first, in a body of its own", async () => {
    for (const waiting of [false, true]) {
      const test = await TestEngine.start();
      const sid = await test.handshake();
      const get = waiting ? await waitingGet(test, sid) : undefined;
      test.last.connection.send("a");
      test.last.connection.send("b");
      test.last.connection.close();
      test.last.connection.send("never");
      expect((await (get?.answer ?? test.get(sid))).body).toBe("4a\x1e4b");
      expect((await test.get(sid)).body).toBe("6\x1e1");
      expect(await test.last.closed).toEqual(["forced close", undefined]);
    }
  });

  it("does not wait for ever for a GET", async () => {
    const clock = new VirtualClock();
    const internals = { wheel: new TimingWheel(clock), limits: { closeTimeoutMs: 2_000 } };
    const test = await TestEngine.start({}, internals);
    await test.handshake();
    test.last.connection.send("a");
    test.last.connection.close();
    clock.advance(2_100);
    expect(await test.last.closed).toEqual(["forced close", undefined]);
    expect(test.engine.clientsCount).toBe(0);
    expect(clock.running).toBe(false);
  });

  it("at once lets go what can go, and drops the rest", async () => {
    const test = await TestEngine.start();
    const first = await test.handshake();
    const { answer } = await waitingGet(test, first);
    test.last.connection.send("a");
    test.last.connection.close(true);
    expect((await answer).body).toBe("4a");
    await test.handshake();
    test.last.connection.send("b");
    test.last.connection.close(true);
    expect(await test.last.closed).toEqual(["forced close", undefined]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("takes nothing from the client any more", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    test.last.connection.close();
    expect((await test.post(sid, "4late")).body).toBe("ok");
    expect(test.last.messages).toEqual([]);
  });
});

describe("compression", () => {
  const long = "x".repeat(2_000);

  async function answerTo(
    headers: Record<string, string>,
    options = {},
    compress = true,
    text = long,
  ): Promise<Answer> {
    const test = await TestEngine.start(options);
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid, headers);
    test.last.connection.send(text, { compress });
    return answer;
  }

  it("is by Accept-Encoding", async () => {
    const gzip = await answerTo({ "Accept-Encoding": "gzip, deflate, br" });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.bytes).toString()).toBe(`4${long}`);
    expect(gzip.headers["content-length"]).toBe(String(gzip.bytes.length));
    const deflate = await answerTo({ "Accept-Encoding": "deflate" });
    expect(deflate.headers["content-encoding"]).toBe("deflate");
    expect(inflateSync(deflate.bytes).toString()).toBe(`4${long}`);
    for (const headers of [{}, { "Accept-Encoding": "br" }] as Record<string, string>[]) {
      const plain = await answerTo(headers);
      expect(plain.headers["content-encoding"]).toBeUndefined();
      expect(plain.body).toBe(`4${long}`);
    }
  });

  it("begins at the threshold, counted in bytes", async () => {
    const accept = { "Accept-Encoding": "gzip" };
    const encoding = async (text: string, options = {}): Promise<string | undefined> =>
      (await answerTo(accept, options, true, text)).headers["content-encoding"];
    expect(await encoding("x".repeat(1_022))).toBeUndefined();
    expect(await encoding("x".repeat(1_023))).toBe("gzip");
    expect(await encoding("€".repeat(341))).toBe("gzip");
    expect(await encoding("xx", { httpCompression: { threshold: 3 } })).toBe("gzip");
  });

  it("can be switched off, for the server and for one message", async () => {
    const accept = { "Accept-Encoding": "gzip" };
    const off = await answerTo(accept, { httpCompression: false });
    expect(off.headers["content-encoding"]).toBeUndefined();
    const one = await answerTo(accept, {}, false);
    expect(one.headers["content-encoding"]).toBeUndefined();
  });

  it("ends the session when zlib fails, and answers", async () => {
    const answer = await answerTo(
      { "Accept-Encoding": "gzip" },
      { httpCompression: { maxOutputLength: 5 } },
    );
    expect(answer.status).toBe(500);
  });

  it("counts a GET that is being compressed as waiting", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { answer } = await waitingGet(test, sid, { "Accept-Encoding": "gzip" });
    test.last.connection.send("y".repeat(5_000_000));
    const flushed = new Promise((resolve) => test.last.connection.on("drain", () => resolve(0)));
    await Promise.race([flushed, new Promise(setImmediate)]);
    expect(test.last.connection.writable).toBe(false);
    expect(gunzipSync((await answer).bytes).length).toBe(5_000_001);
    test.last.connection.send("next");
    expect((await test.get(sid)).body).toBe("4next");
  });
});

describe("headers", () => {
  it("go through initial_headers once a session and headers for every answer", async () => {
    const test = await TestEngine.start();
    const seen: string[] = [];
    test.engine.on("initial_headers", (headers, request) => {
      seen.push(`initial ${request.method}`);
      headers["X-First"] = "1";
    });
    test.engine.on("headers", (headers, request) => {
      seen.push(request.method ?? "");
      headers["X-Each"] = "2";
    });
    const first = await test.ask("transport=polling");
    expect([first.headers["x-first"], first.headers["x-each"]]).toEqual(["1", "2"]);
    const second = await test.post(test.last.connection.id, "4a");
    expect([second.headers["x-first"], second.headers["x-each"]]).toEqual([undefined, "2"]);
    expect(seen).toEqual(["initial GET", "GET", "POST"]);
  });

  it("carry the session cookie in the first answer alone", async () => {
    const test = await TestEngine.start({ cookie: true });
    const first = await test.ask("transport=polling");
    const sid = test.last.connection.id;
    expect(first.headers["set-cookie"]).toEqual([`io=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
    expect((await test.post(sid, "4a")).headers["set-cookie"]).toBeUndefined();
  });

  it("keep old Internet Explorer from filtering", async () => {
    const test = await TestEngine.start();
    for (const agent of ["Mozilla/5.0 (compatible;MSIE 9.0)", "Trident/7.0; rv:11.0"]) {
      const { headers } = await test.ask("transport=polling", { headers: { "User-Agent": agent } });
      expect(headers["x-xss-protection"]).toBe("0");
    }
    const { headers } = await test.ask("transport=polling", {
      headers: { "User-Agent": "Firefox" },
    });
    expect(headers["x-xss-protection"]).toBeUndefined();
  });
});

describe("a client that does not fetch", () => {
  it("is let go when too much is queued for it, and nobody else notices", async () => {
    const test = await TestEngine.start({ maxBufferedBytes: 10_000 });
    const sid = await test.handshake();
    const slow = test.last;
    await test.handshake();
    for (let index = 0; index < 100; index++) slow.connection.send("x".repeat(1_000));
    const [reason, description] = await slow.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "BUFFER_FULL", fault: "peer" });
    expect((await test.get(sid)).status).toBe(400);
    expect(test.last.connection.readyState).toBe("open");
  });

  it("may be sent one message larger than the bound", async () => {
    const test = await TestEngine.start({ maxBufferedBytes: 10 });
    const sid = await test.handshake();
    test.last.connection.send("x".repeat(1_000));
    expect((await test.get(sid)).body).toHaveLength(1_001);
  });
});

describe("callbacks of send", () => {
  it("come when the body has been handed over", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const called: string[] = [];
    test.last.connection.send("a", {}, (transport) => called.push(`a ${transport.name}`));
    test.last.connection.send("b", {}, () => called.push("b"));
    await new Promise(setImmediate);
    expect(called).toEqual([]);
    await test.get(sid);
    expect(called).toEqual(["a polling", "b"]);
  });
});
