import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { TestEngine } from "../testing/engine.ts";
import { RawLine, send, upgradeHead } from "../testing/raw-http.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";

/** Each test is a class of mistake that an Engine.IO server has made; further ones are beside what they concern. */

const websocket = "/engine.io/?EIO=4&transport=websocket";

/** A masked client frame with these first two bytes and this payload. */
function frame(first: number, second: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.of(first, second, 0, 0, 0, 0), payload]);
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes in buffers that somebody still holds. Buffers are let go behind a collection, not within it. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().arrayBuffers;
}

/** Whether the server still serves others. */
async function isWell(test: TestEngine): Promise<boolean> {
  const sid = await test.handshake();
  const posted = await test.post(sid, "4ping");
  const peer = await test.peer().open();
  await peer.next();
  peer.send("4ping");
  await once(test.last.connection, "message");
  return posted.body === "ok";
}

describe("CVE-2020-36048: a large POST exhausts memory", () => {
  it("never holds more of a body than the limit", async () => {
    const test = await TestEngine.start({ maxHttpBufferSize: 100_000 });
    const lines: RawLine[] = [];
    for (let index = 0; index < 20; index++) {
      const sid = await test.handshake();
      const line = new RawLine(test.port);
      line.write(
        `POST /engine.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: a\r\n` +
          `Transfer-Encoding: chunked\r\n\r\n`,
      );
      lines.push(line);
    }
    const before = await heldBytes();
    const chunk = Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`);
    for (const line of lines) for (let index = 0; index < 16; index++) line.write(chunk);
    for (const line of lines) await line.until("HTTP/1.1 413 ");
    // 20 lines sent a megabyte each; at most 100 kB of each may be held.
    expect((await heldBytes()) - before).toBeLessThan(20 * 200_000);
    for (const line of lines) line.socket.destroy();
    expect(test.engine.clientsCount).toBe(0);
    expect(await isWell(test)).toBe(true);
  });
});

describe("CVE-2022-21676: an invalid frame right behind the handshake", () => {
  const hostile: [what: string, bytes: Buffer][] = [
    ["reserved bits", frame(0xf1, 0x80)],
    ["a reserved opcode", frame(0x83, 0x80)],
    ["no mask", Buffer.of(0x81, 0x01, 0x34)],
    ["a continuation of nothing", frame(0x80, 0x80)],
    ["a length beyond all limits", Buffer.concat([Buffer.of(0x81, 0xff), Buffer.alloc(12, 0x7f)])],
    ["invalid UTF-8", frame(0x81, 0x82, Buffer.of(0xff, 0xff))],
    ["noise", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ];
  for (const [what, bytes] of hostile) {
    it(`ends that connection alone: ${what}`, async () => {
      const test = await TestEngine.start();
      for (const sid of [undefined, await test.handshake()]) {
        const line = new RawLine(test.port);
        const path = sid === undefined ? websocket : `${websocket}&sid=${sid}`;
        line.write(Buffer.concat([Buffer.from(upgradeHead(path)), bytes]));
        expect(await line.end()).toMatch(/^HTTP\/1\.1 101 /);
      }
      expect(await isWell(test)).toBe(true);
    });
  }
});

describe("CVE-2022-41940: a reset on a refused upgrade", () => {
  it("reaches nobody", async () => {
    const test = await TestEngine.start();
    for (const path of ["/engine.io/?EIO=4&transport=foo", `${websocket}&sid=nope`, "/elsewhere"]) {
      for (let index = 0; index < 20; index++) {
        const arrived = once(test.http, "upgrade");
        const line = new RawLine(test.port);
        line.write(upgradeHead(path));
        await arrived;
        line.socket.resetAndDestroy();
      }
    }
    expect(await isWell(test)).toBe(true);
  });

  it("reaches nobody while the request is being decided about", async () => {
    const decisions: (() => void)[] = [];
    const test = await TestEngine.start({
      allowRequest: (_request, decide) => decisions.push(() => decide("no", false)),
    });
    for (let index = 0; index < 20; index++) {
      const line = new RawLine(test.port);
      line.write(upgradeHead(websocket));
      while (decisions.length <= index) await new Promise(setImmediate);
      line.socket.resetAndDestroy();
      if (index % 2 === 0) await new Promise(setImmediate);
      decisions[index]?.();
    }
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("CVE-2023-31125: unknown values in the query", () => {
  it("are all answered, over HTTP and on upgrades", async () => {
    const test = await TestEngine.start();
    const names = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "", "0"];
    const queries: string[] = ["", "?", "?=", "?&&&", "?EIO", "?%", "?EIO=4&transport[]=polling"];
    for (const name of names) {
      queries.push(`?EIO=4&transport=${name}`);
      queries.push(`?EIO=4&transport=polling&sid=${name}`);
      queries.push(`?EIO=${name}&transport=polling`);
      queries.push(`?EIO=4&transport=${name}&transport=polling`);
      queries.push(`?EIO=4&sid=${name}&sid=x&transport=polling`);
      queries.push(`?${name}=4&transport=polling`);
    }
    for (const query of queries) {
      const answer = await send(test.port, `/engine.io/${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
      expect(JSON.parse(answer.body)).toHaveProperty("code");
      const line = new RawLine(test.port);
      line.write(upgradeHead(`/engine.io/${query}`));
      expect([query, (await line.end()).slice(0, 13)]).toEqual([query, "HTTP/1.1 400 "]);
    }
    expect(test.engine.clientsCount).toBe(0);
    expect(await isWell(test)).toBe(true);
  });
});

describe("CVE-2026-59725: requests that are never answered", () => {
  it("are not piled up by a client that sends the wrong content type", async () => {
    const test = await TestEngine.start();
    for (let index = 0; index < 50; index++) {
      const sid = await test.handshake();
      const type = { "Content-Type": "application/octet-stream" };
      expect((await test.post(sid, "4a", type)).status).toBe(400);
    }
    expect(test.engine.clientsCount).toBe(0);
  });

  it("are not left behind by sessions that end in any way", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    const ends: ((sid: string) => unknown)[] = [
      (sid) => test.post(sid, "1"),
      (sid) => test.post(sid, "what"),
      (sid) => test.get(sid),
      () => test.last.connection.close(),
      () => test.last.connection.close(true),
      () => test.engine.close(),
    ];
    for (const end of ends) {
      const sid = await test.handshake();
      const arrived = once(test.http, "request");
      const waiting = test.get(sid);
      await arrived;
      await end(sid);
      expect((await waiting).status).toBe(200);
    }
  });

  it("are answered by the heartbeat at the latest", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    const sid = await test.handshake();
    const arrived = once(test.http, "request");
    const waiting = test.get(sid);
    await arrived;
    clock.advance(25_100);
    expect((await waiting).body).toBe("2");
  });
});

describe("what revision 3 and JSONP add to it", () => {
  const bytes = { "Content-Type": "application/octet-stream" };

  it("CVE-2020-36048: a POST of bytes has the same limit", async () => {
    const test = await TestEngine.start({ allowEIO3: true, maxHttpBufferSize: 1_000 });
    const { body } = await send(test.port, "/engine.io/?EIO=3&transport=polling");
    const { sid } = JSON.parse(body.slice(body.indexOf("{"))) as { sid: string };
    const answer = await send(test.port, `/engine.io/?EIO=3&transport=polling&sid=${sid}`, {
      method: "POST",
      headers: bytes,
      body: Buffer.alloc(2_000, 1),
    });
    expect(answer.status).toBe(413);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("CVE-2023-31125: the query of a JSONP request cannot break out of its script", async () => {
    const test = await TestEngine.start({ allowEIO3: true });
    for (const j of ["", "__proto__", "0](x);//", "1\n", "'", "%E2%80%A8", "0&j=1"]) {
      const target = `/engine.io/?EIO=4&transport=polling&j=${encodeURI(j)}`;
      const answer = await send(test.port, target);
      expect([answer.status, answer.body]).toEqual([
        200,
        expect.stringMatching(/^___eio\[\d*\]\("0\{.*\}"\);$/),
      ]);
    }
  });

  it("CVE-2026-59725: bytes are answered whatever they hold, and end the session if they must", async () => {
    const test = await TestEngine.start({ allowEIO3: true });
    for (const wrong of [[], [0], [1, 255], [0, 9, 255, 52], [1, 1, 255, 2]]) {
      const { body } = await send(test.port, "/engine.io/?EIO=3&transport=polling");
      const { sid } = JSON.parse(body.slice(body.indexOf("{"))) as { sid: string };
      const target = `/engine.io/?EIO=3&transport=polling&sid=${sid}`;
      const input = { method: "POST", headers: bytes, body: Buffer.from(wrong) };
      expect((await send(test.port, target, input)).status).toBe(400);
      expect((await test.last.closed)[0]).toBe("parse error");
    }
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("clients that are slow or silent", () => {
  it("are let go by the heartbeat when they open a session and say nothing", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    for (let index = 0; index < 10; index++) await test.handshake();
    const lines: RawLine[] = [];
    for (let index = 0; index < 10; index++) {
      const line = new RawLine(test.port);
      line.write(upgradeHead(websocket));
      await line.until("pingInterval");
      lines.push(line);
    }
    expect(test.engine.clientsCount).toBe(20);
    clock.advance(25_100);
    expect(test.engine.clientsCount).toBe(20);
    clock.advance(20_100);
    expect(test.engine.clientsCount).toBe(0);
    for (const { closed } of test.connections) expect((await closed)[0]).toBe("ping timeout");
    expect(clock.running).toBe(false);
    for (const line of lines) line.socket.destroy();
  });

  it("cannot hold an upgrade open, nor the line after it", async () => {
    const clock = new VirtualClock();
    const internals = { wheel: new TimingWheel(clock), limits: { closeTimeoutMs: 50 } };
    const test = await TestEngine.start({}, internals);
    const sid = await test.handshake();
    const line = new RawLine(test.port);
    line.write(upgradeHead(`${websocket}&sid=${sid}`));
    await line.until("\r\n\r\n");
    clock.advance(10_100);
    const answer = await line.end();
    // A close frame without a code.
    expect(answer.endsWith("\u0088\u0000")).toBe(true);
    expect(test.last.connection.readyState).toBe("open");
  });

  it("hold no memory of sessions that have ended", async () => {
    const test = await TestEngine.start();
    for (let index = 0; index < 200; index++) {
      const sid = await test.handshake();
      await test.post(sid, "1");
    }
    expect(Object.keys(test.engine.clients)).toEqual([]);
    expect(test.engine.clientsCount).toBe(0);
  });
});
