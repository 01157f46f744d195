import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { defaultLimits } from "./limits.ts";
import { TestEngine } from "../testing/engine.ts";
import type { Peer } from "../testing/engine.ts";
import type { Answer } from "../testing/raw-http.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";

async function waitingGet(test: TestEngine, sid: string): Promise<{ answer: Promise<Answer> }> {
  const arrived = once(test.http, "request");
  const answer = test.get(sid);
  await arrived;
  return { answer };
}

/** A GET that waits although the queue is held: the first ones are let go at once. */
async function heldGet(test: TestEngine, sid: string): Promise<{ answer: Promise<Answer> }> {
  for (let polls = 0; polls < defaultLimits.upgradeNoopsMax; polls += 1) {
    expect((await test.get(sid)).body).toBe("6");
  }
  return waitingGet(test, sid);
}

/** What polling brings when it goes on. */
async function afterNoops(test: TestEngine, sid: string): Promise<string> {
  for (;;) {
    const { body } = await test.get(sid);
    if (body !== "6") return body;
  }
}

async function probed(test: TestEngine, sid: string): Promise<Peer> {
  const peer = await test.peer(sid).open();
  peer.send("2probe");
  expect(await peer.next()).toBe("3probe");
  return peer;
}

describe("from polling to websocket", () => {
  it("moves without losing or reordering what both sides send meanwhile", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const { connection } = test.last;
    const events: string[] = [];
    connection.on("upgrading", (transport) => events.push(`upgrading ${transport.name}`));
    connection.on("upgrade", (transport) => events.push(`upgrade ${transport.name}`));
    connection.send("1");
    expect((await test.get(sid)).body).toBe("41");
    const { answer } = await waitingGet(test, sid);
    await test.post(sid, "4a");
    const peer = await probed(test, sid);
    expect((await answer).body).toBe("6");
    connection.send("2");
    connection.send(Buffer.from("3"));
    await test.post(sid, "4b");
    connection.send("4");
    expect(connection.upgrading).toBe(true);
    peer.send("5");
    peer.send("4c");
    peer.send(Buffer.from("d"));
    expect([await peer.next(), await peer.next(), await peer.next()]).toEqual(["42", "3", "44"]);
    connection.send("5");
    expect(await peer.next()).toBe("45");
    while (test.last.messages.length < 4) await once(connection, "message");
    expect(test.last.messages).toEqual(["a", "b", "c", Buffer.from("d")]);
    expect(events).toEqual(["upgrading websocket", "upgrade websocket"]);
    expect(connection.upgraded).toBe(true);
    expect(connection.upgrading).toBe(false);
    expect(connection.transport.name).toBe("websocket");
  });

  it("answers each GET with a noop while probing, so that polling comes to rest", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    const sid = await test.handshake();
    const first = await waitingGet(test, sid);
    const peer = await probed(test, sid);
    expect((await first.answer).body).toBe("6");
    test.last.connection.send("held back");
    const later = await heldGet(test, sid);
    clock.advance(160);
    expect((await later.answer).body).toBe("6");
    peer.send("5");
    expect(await peer.next()).toBe("4held back");
  });

  it("lets the GET go that still waits when the client moves", async () => {
    const clock = new VirtualClock();
    const test = await TestEngine.start({}, { wheel: new TimingWheel(clock) });
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    const { answer } = await waitingGet(test, sid);
    peer.send("5");
    expect((await answer).body).toBe("6");
    expect(test.last.connection.readyState).toBe("open");
  });

  it("refuses HTTP and another websocket afterwards, and the first goes on", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    peer.send("5");
    await once(test.last.connection, "upgrade");
    expect((await test.get(sid)).status).toBe(400);
    expect((await test.post(sid, "4lost")).status).toBe(400);
    expect((await test.peer(sid).refused).status).toBe(400);
    expect(test.refusals.map((each) => each.context["name"])).toEqual([
      "TRANSPORT_MISMATCH",
      "TRANSPORT_MISMATCH",
      "UPGRADE_REFUSED",
    ]);
    peer.send("4still here");
    await once(test.last.connection, "message");
    expect(test.last.messages).toEqual(["still here"]);
  });

  it("refuses a second websocket while the first is tried", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await test.peer(sid).open();
    expect((await test.peer(sid).refused).status).toBe(400);
    peer.send("2probe");
    expect(await peer.next()).toBe("3probe");
    expect((await test.peer(sid).refused).status).toBe(400);
    peer.send("5");
    await once(test.last.connection, "upgrade");
  });

  it("is refused where upgrades are not allowed", async () => {
    const test = await TestEngine.start({ allowUpgrades: false });
    const sid = await test.handshake();
    expect((await test.peer(sid).refused).status).toBe(400);
    expect((await test.post(sid, "4a")).body).toBe("ok");
  });

  it("refuses a websocket for a session that began as one", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    const { sid } = JSON.parse((await peer.next()).slice(1)) as { sid: string };
    expect((await test.peer(sid).refused).status).toBe(400);
    peer.send("4a");
    await once(test.last.connection, "message");
  });
});

describe("an upgrade that comes to nothing", () => {
  const ways: [what: string, fail: (peer: Peer) => void][] = [
    ["the websocket dies", (peer) => peer.socket.terminate()],
    ["the websocket closes", (peer) => peer.socket.close()],
    ["a message comes before the upgrade packet", (peer) => peer.send("4early")],
    ["a binary message comes", (peer) => peer.send(Buffer.of(1))],
    ["what comes is no packet", (peer) => peer.send("what")],
    ["a close packet comes", (peer) => peer.send("1")],
  ];
  for (const [what, fail] of ways) {
    it(`leaves polling intact when ${what}`, async () => {
      const test = await TestEngine.start();
      const sid = await test.handshake();
      const { connection } = test.last;
      const peer = await probed(test, sid);
      const { answer } = await heldGet(test, sid);
      connection.send("held");
      fail(peer);
      expect((await answer).body).toBe("4held");
      await peer.closed;
      expect((await test.post(sid, "4a")).body).toBe("ok");
      expect(test.last.messages).toEqual(["a"]);
      expect(connection.upgraded).toBe(false);
      const again = await probed(test, sid);
      again.send("5");
      await once(connection, "upgrade");
    });
  }

  it("leaves polling intact when it takes too long", async () => {
    const clock = new VirtualClock();
    const options = { upgradeTimeout: 1_000 };
    const test = await TestEngine.start(options, { wheel: new TimingWheel(clock) });
    const sid = await test.handshake();
    for (const answered of [false, true]) {
      const peer = answered ? await probed(test, sid) : await test.peer(sid).open();
      test.last.connection.send("held");
      clock.advance(1_100);
      expect(await peer.closed).toBe(1005);
      expect((await test.get(sid)).body).toBe("4held");
    }
  });

  it("ends with the connection, both wires", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    await test.post(sid, "1");
    expect(await test.last.closed).toEqual(["transport close", undefined]);
    expect(await peer.closed).toBe(1005);
  });
});

describe("closing during an upgrade", () => {
  it("waits for the client to move, and then flushes and closes", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    test.last.connection.send("last words");
    test.last.connection.close();
    expect(test.last.connection.readyState).toBe("closing");
    peer.send("5");
    expect(await peer.next()).toBe("4last words");
    expect(await peer.closed).toBe(1005);
    expect(await test.last.closed).toEqual(["forced close", undefined]);
  });

  it("goes on over polling when the upgrade comes to nothing", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    test.last.connection.send("last words");
    test.last.connection.close();
    peer.socket.terminate();
    expect(await afterNoops(test, sid)).toBe("4last words");
    expect((await test.get(sid)).body).toBe("6\x1e1");
    expect(await test.last.closed).toEqual(["forced close", undefined]);
  });

  it("does not wait when what is queued may be dropped", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await probed(test, sid);
    const { answer } = await heldGet(test, sid);
    test.last.connection.close(true);
    expect(await test.last.closed).toEqual(["forced close", undefined]);
    expect((await answer).body).toBe("1");
    expect(await peer.closed).toBe(1005);
  });
});
