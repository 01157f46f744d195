import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parseExtensions, parseProtocols } from "./handshake/headers.ts";
import { refuseUpgrade } from "./handshake/refuse.ts";
import { clientLimits, serverLimits, serverMessageBytesMax } from "./limits.ts";
import { certificate, privateKey } from "./testing/certificate.ts";
import { closeBytes, masked, ownCopy, readFrames } from "./testing/frames.ts";
import { bytesInUse } from "./testing/memory.ts";
import { Recorder } from "./testing/recorder.ts";
import { readAll, readHead, serve, upgradeRequest } from "./testing/servers.ts";
import type { Ears, TestServer } from "./testing/servers.ts";
import {
  cleanUp,
  cleanUpAll,
  closing,
  dial,
  failure,
  listen,
  listenHttp,
  pair,
} from "./testing/sockets.ts";

// One test for each published mistake of a peer that could have been made here.

let server: TestServer | undefined;
afterEach(async () => {
  cleanUpAll();
  await server?.close();
  server = undefined;
});

/** The least of several runs, in nanoseconds. */
function time(run: () => void): number {
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    run();
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}

describe("what went wrong elsewhere", () => {
  it("CVE-2016-10518: a number for a ping is text, never a size", async () => {
    const { client, peer } = await pair();
    const pinged = once(peer, "ping");
    client.ping(100);
    expect((await pinged)[0]).toEqual(Buffer.from("100"));
    const got = once(peer, "message");
    client.send(7);
    expect(((await got)[0] as Buffer).toString()).toBe("7");
  });

  it("CVE-2016-10542: a message limit is on by default, on both sides", async () => {
    const { client, peer } = await pair();
    peer.on("error", () => {});
    // The header says it all: nothing of the message is read.
    const tooLong = masked({ opcode: 2, length: BigInt(serverMessageBytesMax + 1) });
    client._socket?.write(tooLong);
    expect(await closing(client)).toBe(1009);
    expect(serverLimits.payloadBytesMax).toBeLessThan(serverMessageBytesMax);
    expect(clientLimits.payloadBytesMax).toBeLessThan(2 ** 30);
  });

  it("CVE-2016-10536: the certificate of a server is verified unless that is turned off", async () => {
    const https = createTlsServer({ cert: certificate, key: privateKey });
    https.on("upgrade", () => expect.unreachable());
    const address = await listenHttp(https);
    expect(await failure(dial(`wss://${address}`))).toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  it("GHSA-5v72-xg48-5rpm: extensions and parameters may be called like properties of every object", async () => {
    const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];
    for (const name of names) {
      const [offer] = parseExtensions(`${name}; ${name}=${name}; ${name}`) ?? [];
      expect(offer?.name).toBe(name);
      expect(Object.keys(offer?.parameters ?? {})).toEqual([name]);
      expect(offer?.parameters[name]).toEqual([name, true]);
    }
    server = await serve();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      upgradeRequest({
        "Sec-WebSocket-Extensions": names.join(", "),
        "Sec-WebSocket-Protocol": "__proto__",
      }),
    );
    expect(await readHead(socket)).toMatch(/^HTTP\/1.1 101 /);
    socket.destroy();
  });

  it("CVE-2021-32640: headers are scanned in linear time", () => {
    const nasty = [
      (n: number) => `b${" ".repeat(n)}x`,
      (n: number) => `a;b="${"\\".repeat(n)}`,
      (n: number) => `a;b="${"c".repeat(n)}`,
      (n: number) => "a, ".repeat(n / 3),
      (n: number) => "a;".repeat(n / 2),
    ];
    for (const make of nasty) {
      for (const parse of [parseProtocols, parseExtensions]) {
        const [short, long] = [make(500), make(8_000)];
        parse(long);
        const ratio = time(() => void parse(long)) / time(() => void parse(short));
        expect(ratio).toBeLessThan(16 * 8);
      }
    }
    // And no more of them than anybody honest sends.
    expect(parseProtocols("a".repeat(8_193))).toBeUndefined();
  });

  it("CVE-2024-37890: an Upgrade header that got lost is a 400", async () => {
    server = await serve();
    // What Node makes of more headers than maxHeadersCount, where it does not refuse them itself.
    server.http.prependListener("upgrade", (request) => {
      delete request.headers.upgrade;
    });
    const socket = connect(server.port, "127.0.0.1");
    socket.write(upgradeRequest());
    expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1.1 400 /);
  });

  it("CVE-2024-37890: more headers than maxHeadersCount, from a real client, do no harm", async () => {
    server = await serve();
    server.http.maxHeadersCount = 3;
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`X-${n}`, `${n}`]));
    // All of them before those that make it a handshake.
    const request = upgradeRequest({ Host: "", ...many });
    const [start = "", ...lines] = request.trimEnd().split("\r\n");
    const reordered = [start, "Host: x", ...lines.toReversed(), "", ""].join("\r\n");
    const socket = connect(server.port, "127.0.0.1");
    socket.write(reordered);
    expect(await readHead(socket)).toMatch(/^HTTP\/1.1 (?:101|400|426|431) /);
    socket.destroy();
    server.http.maxHeadersCount = null;
    const { ears, socket: other } = await server.dial();
    other.write(masked({ opcode: 1, payload: "still here" }));
    await ears.until(() => ears.messages.length === 1);
  });

  it("CVE-2026-45736: a close reason that is no string and no Buffer is refused", async () => {
    const { client, peer } = await pair();
    for (const reason of [123, {}, [1], new Uint16Array(8), new ArrayBuffer(8)]) {
      expect(() => client.close(1000, reason as never)).toThrow(/must be a string or a Buffer/);
    }
    client.close(1000, new Uint8Array(3).fill(0x61));
    expect((await once(peer, "close"))[1]).toEqual(Buffer.from("aaa"));
  });

  it("CVE-2022-21676: a frame with reserved bits that comes with the handshake ends that line only", async () => {
    server = await serve();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      Buffer.concat([Buffer.from(upgradeRequest()), masked({ opcode: 1, rsv: 7, payload: "x" })]),
    );
    await readHead(socket);
    expect(readFrames(await readAll(socket))[0]?.payload).toEqual(closeBytes(1002));
    const { ears, socket: other } = await server.dial();
    other.write(masked({ opcode: 1, payload: "still here" }));
    await ears.until(() => ears.messages.length === 1);
  });

  it("CVE-2022-41940: a refused peer that resets the line is nobody's unhandled error", async () => {
    const http = createServer();
    const refused: Promise<void>[] = [];
    http.on("upgrade", (_, socket) => {
      refused.push(new Promise((resolve) => socket.once("close", resolve)));
      refuseUpgrade(socket, 403, "x".repeat(1_000_000));
    });
    const port = Number((await listenHttp(http)).split(":")[1]);
    for (let n = 0; n < 20; n++) {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(upgradeRequest());
      await once(socket, "readable");
      socket.resetAndDestroy();
      await once(socket, "close");
    }
    await Promise.all(refused);
  });

  it("CVE-2024-38355: nothing that a peer sends reaches an error event without listeners", async () => {
    const { server: ours, url } = await listen();
    const port = Number(new URL(url).port);
    const closed: Promise<number>[] = [];
    ours.on("connection", (socket) => closed.push(closing(socket)));
    const wrong = [
      masked({ opcode: 3 }),
      masked({ opcode: 1, payload: Buffer.of(0xff) }),
      masked({ opcode: 2, length: 1n << 40n }),
      masked({ opcode: 8, payload: "x" }),
      Buffer.alloc(100, 0xff),
    ];
    for (const bytes of wrong) {
      const socket = connect(port, "127.0.0.1");
      socket.write(upgradeRequest());
      await readHead(socket);
      socket.end(bytes);
      await readAll(socket);
    }
    expect((await Promise.all(closed)).length).toBe(wrong.length);
  });

  it("ws 2022: credentials are not carried along by a redirect to another host", async () => {
    const seen: (string | undefined)[] = [];
    const target = createServer();
    target.on("upgrade", (request, socket) => {
      seen.push(request.headers.authorization, request.headers.cookie);
      refuseUpgrade(socket, 400);
    });
    const to = await listenHttp(target);
    const start = createServer();
    start.on("upgrade", (_, socket) => refuseUpgrade(socket, 302, "", [`Location: ws://${to}/`]));
    const from = await listenHttp(start);
    const headers = { authorization: "secret", COOKIE: "secret" };
    await failure(dial(`ws://me:secret@${from}`, undefined, { followRedirects: true, headers }));
    expect(seen).toEqual([undefined, undefined]);
  });
});

describe("CVE-2026-48779, ws #2331: what an unfinished message pins", () => {
  it("one-byte fragments pin little more than their bytes", async () => {
    const recorder = new Recorder("server");
    recorder.feed(masked({ opcode: 2, fin: false, payload: "x" }));
    const before = await bytesInUse();
    // 0.87 MB on the wire, each frame in a read buffer of its own.
    const fragment = masked({ opcode: 0, fin: false, payload: "x" });
    for (let n = 0; n < 125_000; n++) recorder.machine.receive(ownCopy(fragment));
    const pinned = (await bytesInUse()) - before;
    expect(recorder.events).toEqual([]);
    expect(pinned).toBeLessThan(500_000);
  });

  it("empty fragments pin nothing, and are counted", async () => {
    const recorder = new Recorder("server", { fragmentsMax: 50_000 });
    recorder.feed(masked({ opcode: 2, fin: false }));
    const before = await bytesInUse();
    for (let n = 2; n <= 50_000; n++) recorder.machine.receive(masked({ opcode: 0, fin: false }));
    expect(recorder.events).toEqual([]);
    expect((await bytesInUse()) - before).toBeLessThan(200_000);
    recorder.feed(masked({ opcode: 0, fin: false }));
    expect(recorder.events.at(-1)).toBe("failed WS_TOO_MANY_FRAGMENTS 1008");
  });

  it("one-byte pieces of a frame pin little more than their bytes", async () => {
    const recorder = new Recorder("server");
    recorder.feed(masked({ opcode: 2, length: 900_000n }));
    const before = await bytesInUse();
    for (let n = 0; n < 3_000; n++) {
      // As a read buffer of 64 KiB of which one byte is used.
      recorder.machine.receive(Buffer.allocUnsafeSlow(65_536).subarray(0, 1));
    }
    expect((await bytesInUse()) - before).toBeLessThan(100_000);
  });

  it("an announced length pins nothing until its bytes are there", async () => {
    const before = await bytesInUse();
    const recorders = Array.from({ length: 1_000 }, () =>
      new Recorder("server").feed(masked({ opcode: 2, length: 1_000_000n }), Buffer.from("x")),
    );
    expect(((await bytesInUse()) - before) / recorders.length).toBeLessThan(4_000);
    expect(recorders.length).toBe(1_000);
  });
});

describe("ws #2333: the count of fragments", () => {
  it("is that of one message: a long life does not use it up", () => {
    const recorder = new Recorder("server", { fragmentsMax: 3 });
    for (let n = 0; n < 1_000; n++) {
      recorder.feed(
        masked({ opcode: 1, fin: false, payload: "a" }),
        masked({ opcode: 9 }),
        masked({ opcode: 0, fin: false, payload: "b" }),
        masked({ opcode: 0, payload: "c" }),
      );
    }
    expect(recorder.events.filter((event) => event === 'text "abc"').length).toBe(1_000);
    expect(recorder.events.some((event) => event.startsWith("failed"))).toBe(false);
  });
});

describe("ws #2335: limits", () => {
  it("are wider for a client, which chose its server", async () => {
    expect(clientLimits.payloadBytesMax).toBeGreaterThan(serverLimits.payloadBytesMax);
    const { client, peer } = await pair();
    const got = once(client, "message");
    peer.send(Buffer.alloc(5_000_000));
    expect(((await got)[0] as Buffer).length).toBe(5_000_000);
  });
});

describe("what else a peer could make us hold", () => {
  it("pings to a peer that reads nothing are answered with one pong", async () => {
    server = await serve();
    const { socket, ears, connection } = await server.dial();
    connection.sendBinary(Buffer.alloc(12_000_000));
    connection.flush();
    const before = connection.bufferedAmount;
    const pings = Buffer.concat(
      Array.from({ length: 10_000 }, (_, n) => masked({ opcode: 9, payload: `${n}`.padEnd(100) })),
    );
    socket.write(pings);
    await ears.until(() => ears.pings.length === 10_000);
    expect(connection.bufferedAmount - before).toBeLessThan(200);
  });

  it("a thousand closes that are never answered hold little, and end in time", async () => {
    server = await serve({ closeTimeoutMs: 300 });
    const { ears, socket } = await server.dial();
    ears.connection?.close();
    const peers: Socket[] = [socket];
    for (let n = 1; n < 1_000; n++) {
      const peer = await server.dial();
      peers.push(peer.socket);
      peer.socket.write(masked({ opcode: 2, fin: false, payload: "half a message" }));
      peer.connection.close(1001);
    }
    const all = server.ears;
    await Promise.all(all.map((each) => each.until((it: Ears) => it.closed !== undefined)));
    expect(all.every((each) => each.closed?.code === 1006)).toBe(true);
    for (const peer of peers) peer.destroy();
  });

  it("half a message is let go of as soon as the line begins to close", async () => {
    const recorders: Recorder[] = [];
    const before = await bytesInUse();
    for (let n = 0; n < 30; n++) {
      const recorder = new Recorder("server");
      recorder.feed(masked({ opcode: 2, fin: false, payload: Buffer.alloc(500_000) }));
      recorder.feed(masked({ opcode: 8, payload: closeBytes(1000) }));
      recorders.push(recorder);
    }
    expect((await bytesInUse()) - before).toBeLessThan(2_000_000);
    expect(recorders.every((recorder) => recorder.machine.closeReceived?.code === 1000)).toBe(true);
  });

  it("a handshake that is refused is answered or cut off in bounded time", async () => {
    const http = createServer();
    const gone = new Promise<void>((resolve) => {
      http.on("upgrade", (_, socket) => {
        socket.once("close", () => resolve());
        refuseUpgrade(socket, 403);
      });
    });
    const port = Number((await listenHttp(http)).split(":")[1]);
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    cleanUp.push(() => socket.destroy());
    socket.write(upgradeRequest());
    // The peer never ends its side.
    await gone;
    expect((http.address() as AddressInfo).port).toBe(port);
  });
});
