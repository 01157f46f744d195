import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { prepare } from "../socket/prepared.ts";
import { certificate, privateKey } from "../testing/certificate.ts";
import { readFrames } from "../testing/frames.ts";
import { bytesInUse } from "../testing/memory.ts";
import { readBytes, readHead, upgradeRequest } from "../testing/servers.ts";
import { cleanUp, cleanUpAll, closing, dial, listen, pair } from "../testing/sockets.ts";
import type { WebSocket } from "../socket/websocket.ts";
import type { WriteQueue } from "../connection/write-queue.ts";

afterEach(cleanUpAll);

/** One round of the event loop. */
function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A socket of a server whose peer reads nothing until it is asked to. */
async function stalled(
  options: object = {},
  how: "tcp" | "tls" = "tcp",
  headers: Record<string, string> = {},
): Promise<{
  socket: WebSocket;
  line: Socket;
  server: Awaited<ReturnType<typeof listen>>["server"];
}> {
  const tls = createTlsServer({ cert: certificate, key: privateKey });
  if (how === "tls") tls.listen(0, "127.0.0.1");
  const { server } = await listen(
    how === "tls" ? { port: undefined, server: tls, ...options } : options,
  );
  cleanUp.push(() => tls.close());
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection") as Promise<[WebSocket]>;
  const line: Socket =
    how === "tls"
      ? connectTls({ port, ca: certificate, checkServerIdentity: () => undefined })
      : connect(port, "127.0.0.1");
  cleanUp.push(() => line.destroy());
  line.on("error", () => {});
  line.write(upgradeRequest(headers));
  await readHead(line);
  const [socket] = await accepted;
  return { socket, line, server };
}

/** Sends until there is no room, and no more is taken; how many messages that took. */
async function fill(socket: WebSocket, message: string | Buffer): Promise<number> {
  for (let count = 1; ; count++) {
    if (socket.send(message)) {
      if (count % 100 === 0) await tick();
      continue;
    }
    const before = socket.bufferedAmount;
    for (let round = 0; round < 30; round++) await tick();
    if (before > 0 && socket.bufferedAmount === before) return count;
  }
}

/** A close frame of a server without a code. */
const closeFrame = Buffer.from([0x88, 0x00]);

/** Reads until what came ends so. */
async function readTo(line: Socket, end: Buffer): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  while (!bytes.subarray(-end.length).equals(end))
    bytes = Buffer.concat([bytes, await readBytes(line, 1)]);
  return bytes;
}

const kibi = Buffer.alloc(1_024, 1);
const mebi = Buffer.alloc(1_048_576, 1);

describe("send", () => {
  it("says that there is room while the peer reads", async () => {
    const { client, peer } = await pair();
    expect(peer.send("text")).toBe(true);
    expect(peer.send(kibi)).toBe(true);
    expect(client.send("text")).toBe(true);
  });

  it.each(["tcp", "tls"] as const)(
    "says when the line is full, and drain when it is free (%s)",
    async (how) => {
      const { socket, line } = await stalled({}, how);
      const count = await fill(socket, kibi);
      let drains = 0;
      socket.on("drain", () => drains++);
      expect(socket.bufferedAmount).toBeGreaterThan(0);
      expect(socket.send(kibi)).toBe(false);
      await tick();
      expect(drains).toBe(0);
      const drained = once(socket, "drain");
      line.resume();
      await drained;
      expect(socket.bufferedAmount).toBe(0);
      expect(socket.send(kibi)).toBe(true);
      expect(count).toBeGreaterThan(1);
    },
  );

  it("says so within one tick too, so that a loop which sends while it may comes to an end", async () => {
    const { socket } = await stalled();
    let count = 0;
    while (socket.send("x".repeat(100))) count++;
    expect(count).toBeGreaterThan(600);
    // What the kernel takes is its own affair; what we hold is little.
    expect(socket.bufferedAmount).toBeLessThan(1_000_000);
  });

  it("is false on a socket that closes", async () => {
    const { client } = await pair();
    client.close();
    expect(client.send("late")).toBe(false);
  });

  it("counts what a compressor has not done yet", async () => {
    const { client, peer } = await pair(
      { perMessageDeflate: { threshold: 0 } },
      { perMessageDeflate: true },
    );
    const received = new Promise<number>((resolve) => {
      let bytes = 0;
      client.on("message", (data) => {
        bytes += (data as Buffer).length;
        if (bytes === 20 * mebi.length) resolve(bytes);
      });
    });
    let full = 0;
    for (let count = 0; count < 20; count++) if (!peer.send(mebi)) full++;
    expect(full).toBeGreaterThan(10);
    expect(peer.bufferedAmount).toBeGreaterThan(10 * mebi.length);
    await Promise.all([once(peer, "drain"), received]);
    expect(peer.send("free")).toBe(true);
  });
});

describe("drained", () => {
  it("resolves at once on a free line, and after a full one was read", async () => {
    const { socket, line } = await stalled();
    await socket.drained();
    await fill(socket, kibi);
    let resolved = false;
    const drained = socket.drained().then(() => {
      resolved = true;
    });
    await tick();
    expect(resolved).toBe(false);
    line.resume();
    await drained;
    expect(socket.bufferedAmount).toBe(0);
  });

  it("lets a fast sender keep pace with a slow reader", async () => {
    const { client, peer } = await pair();
    const count = 300;
    let received = 0;
    const done = new Promise<void>((resolve) => {
      client.on("message", () => {
        received++;
        if (received % 10 === 0) {
          client.pause();
          setImmediate(() => client.resume());
        }
        if (received === count) resolve();
      });
    });
    let most = 0;
    for (let sent = 0; sent < count; sent++) {
      if (!peer.send(Buffer.alloc(100_000))) await peer.drained();
      most = Math.max(most, peer.bufferedAmount);
    }
    await done;
    expect(most).toBeLessThan(1_000_000);
  });

  it("rejects when the socket closes, and when it is not open", async () => {
    const { socket, line } = await stalled();
    await fill(socket, kibi);
    const drained = socket.drained();
    line.destroy();
    await expect(drained).rejects.toMatchObject({ code: "WS_NOT_OPEN" });
    await expect(socket.drained()).rejects.toMatchObject({ code: "WS_NOT_OPEN" });
    await expect(
      dial("ws://127.0.0.1:9")
        .on("error", () => {})
        .drained(),
    ).rejects.toMatchObject({
      code: "WS_NOT_OPEN",
    });
  });
});

describe("maxBuffered", () => {
  /** All the ways to send. */
  const ways: Record<
    string,
    (socket: WebSocket, callback: (error?: Error | null) => void) => void
  > = {
    binary: (socket, callback) => socket.send(Buffer.alloc(65_536), callback),
    text: (socket, callback) => socket.send("ü".repeat(32_768), callback),
    "tiny messages": (socket, callback) => {
      for (let count = 0; count < 500; count++) socket.send("x");
      socket.send("x", callback);
    },
    "prepared messages": (socket, callback) => socket.send(prepare(Buffer.alloc(65_536)), callback),
    pings: (socket, callback) => {
      for (let count = 0; count < 500; count++) socket.ping("x".repeat(125));
      socket.ping("x", undefined, callback);
    },
    Blobs: (socket, callback) => socket.send(new Blob([Buffer.alloc(65_536)]), callback),
    fragments: (socket, callback) => socket.send(Buffer.alloc(65_536), { fin: false }, callback),
  };

  for (const [name, send] of Object.entries(ways)) {
    it(`bounds what a sender that ignores everything can pile up: ${name}`, async () => {
      const { socket } = await stalled({ maxBuffered: 1_000_000, closeTimeout: 100 });
      const errors: unknown[] = [];
      socket.on("error", (error) => errors.push((error as Error & { code: string }).code));
      const ended = closing(socket);
      const failed: unknown[] = [];
      await fill(socket, Buffer.alloc(65_536));
      const before = await bytesInUse();
      const { queue } = socket["link"].connection as unknown as { queue: WriteQueue };
      let items = 0;
      let used: number | undefined;
      while (socket.readyState === socket.OPEN) {
        send(socket, (error) => {
          if (error) failed.push((error as Error & { code: string }).code);
        });
        items = Math.max(items, queue.count);
        await tick();
        // Measured once it is full, and not yet given up.
        if (used === undefined && (socket["link"].connection?.heldBytes ?? 0) > 500_000)
          used = (await bytesInUse()) - before;
      }
      // What a message costs beside its bytes is bounded, too.
      expect(items).toBeLessThan(9_000);
      expect(used ?? 0).toBeLessThan(6_000_000);
      // It goes on sending, to no effect.
      for (let count = 0; count < 100; count++) send(socket, () => {});
      expect(await ended).toBe(1006);
      expect(errors).toEqual(["WS_BUFFER_FULL"]);
      expect(failed).not.toEqual([]);
      expect(failed).not.toContain(undefined);
      expect(socket["link"].connection?.bufferedAmount).toBe(0);
    });
  }

  it("tells the peer by 1013 when it reads in time, and lets go of what waits at once", async () => {
    const { socket, line } = await stalled({ maxBuffered: 1_000_000 });
    const ended = closing(socket);
    while (socket.readyState === socket.OPEN) {
      socket.send(Buffer.alloc(10_000));
      await tick();
    }
    expect(socket["link"].connection?.["queue"].queuedBytes).toBeLessThan(100);
    const bytes = await readTo(line, Buffer.from("more waits to be sent than may"));
    const last = readFrames(bytes).at(-1);
    expect(last?.opcode).toBe(8);
    expect(last?.payload.readUInt16BE(0)).toBe(1013);
    line.end();
    // The peer ended without a close frame of its own.
    expect(await ended).toBe(1006);
  });

  it("holds on TLS too", async () => {
    const { socket } = await stalled({ maxBuffered: 1_000_000, closeTimeout: 100 }, "tls");
    const ended = closing(socket);
    const before = await bytesInUse();
    while (socket.readyState === socket.OPEN) {
      socket.send(Buffer.alloc(10_000));
      await tick();
    }
    expect((await bytesInUse()) - before).toBeLessThan(6_000_000);
    expect(await ended).toBe(1006);
  });

  it("drops messages whole and counts each, when it is told to", async () => {
    const { socket, line } = await stalled({ maxBuffered: 300_000, overflow: "drop" });
    const told: number[] = [];
    let failed = 0;
    socket.on("drop", (dropped) => told.push(dropped));
    const text = "x".repeat(5_000);
    const count = 3_000;
    for (let sent = 0; sent < count; sent++) {
      // Every third message in two fragments.
      if (sent % 3 === 0) socket.send(text.slice(0, 2_500), { fin: false });
      socket.send(text.slice(sent % 3 === 0 ? 2_500 : 0), (error) => {
        if (error) failed++;
      });
      if (sent % 10 === 0) await tick();
    }
    await tick();
    expect(socket.readyState).toBe(socket.OPEN);
    expect(socket.dropped).toBeGreaterThan(0);
    expect(failed).toBe(socket.dropped);
    expect(told.at(-1)).toBe(socket.dropped);
    // One event a tick.
    expect(told.length).toBeLessThan(count / 5);
    expect(socket.bufferedAmount).toBeLessThan(600_000);
    socket.close();
    const frames = readFrames(await readTo(line, closeFrame));
    const whole: string[] = [];
    let part = "";
    for (const { opcode, fin, payload } of frames) {
      if (opcode > 7) continue;
      part += payload.toString();
      if (!fin) continue;
      whole.push(part);
      part = "";
    }
    expect(whole.every((message) => message === text)).toBe(true);
    expect(whole.length + socket.dropped).toBe(count);
  });

  it("closes where the message that has begun never ends, since it cannot be dropped", async () => {
    const { socket } = await stalled({ maxBuffered: 300_000, overflow: "drop", closeTimeout: 100 });
    const ended = closing(socket);
    while (socket.readyState === socket.OPEN) {
      socket.send(kibi, { fin: false });
      await tick();
    }
    expect(socket.dropped).toBe(0);
    expect(await ended).toBe(1006);
  });

  it("takes messages again when the peer has read", async () => {
    const { socket, line } = await stalled({ maxBuffered: 100_000, overflow: "drop" });
    while (socket.dropped === 0) {
      socket.send(kibi);
      await tick();
    }
    const drained = once(socket, "drain");
    line.resume();
    await drained;
    const { dropped } = socket;
    expect(socket.send(kibi)).toBe(true);
    expect(socket.dropped).toBe(dropped);
  });

  it("takes any one message into a free line", async () => {
    const { client, peer } = await pair({ maxBuffered: 1_000 });
    const message = once(client, "message");
    peer.send(mebi);
    expect((await message)[0]).toHaveLength(mebi.length);
  });

  it("leaves a burst of 100 MB alone by default, on both sides", async () => {
    for (const from of ["server", "client"]) {
      const { client, peer } = await pair();
      const [sender, receiver] = from === "server" ? [peer, client] : [client, peer];
      const count = 100;
      const received = new Promise<void>((resolve) => {
        let messages = 0;
        receiver.on("message", () => {
          if (++messages === count) resolve();
        });
      });
      const message = mebi.subarray(0, 1_000_000);
      for (let sent = 0; sent < count; sent++) sender.send(message);
      await received;
      expect(sender.readyState).toBe(sender.OPEN);
    }
  });

  it("does not deliver to a peer that is over its bound, and counts publish's receivers so", async () => {
    const { socket, server } = await stalled({ maxBuffered: 100_000, overflow: "drop" });
    const healthy = dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(healthy, "open");
    const received: unknown[] = [];
    healthy.on("message", (data) => received.push(data));
    const receivers: number[] = [];
    while (receivers.filter((count) => count === 1).length < 10) {
      receivers.push(server.publish(kibi));
      await tick();
    }
    while (received.length < receivers.length) await tick();
    expect(new Set(receivers)).toEqual(new Set([1, 2]));
    expect(socket.dropped).toBe(10);
  });
});
