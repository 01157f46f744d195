import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as PeerSocket, WebSocketServer as PeerServer } from "ws";
import { WebSocketServer } from "./server/server.ts";
import { closeBytes, masked } from "./testing/frames.ts";
import { readAll, readHead, upgradeRequest } from "./testing/servers.ts";
import { WebSocket } from "./socket/websocket.ts";

// npm `ws`, and the WebSocket that Node has built in, both unchanged, on the other end of the line.

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUp.splice(0)) clean();
});

/** What the tests need of a client, whoever made it. */
interface AnyClient {
  binaryType: string;
  readonly protocol: string;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

const clients: [string, (url: string, protocols?: string[]) => AnyClient][] = [
  ["hawser", (url, protocols) => new WebSocket(url, protocols)],
  ["ws", (url, protocols) => new PeerSocket(url, protocols)],
];
// Node 22 and later have one.
if (typeof globalThis.WebSocket === "function") {
  const BuiltIn = globalThis.WebSocket as unknown as new (
    url: string,
    protocols?: string[],
  ) => AnyClient;
  clients.push(["Node's own", (url, protocols) => new BuiltIn(url, protocols ?? [])]);
}

async function echoServer(kind: string): Promise<{ port: number; closes: unknown[] }> {
  const closes: unknown[] = [];
  const options = { port: 0, host: "127.0.0.1", maxPayload: 50_000_000, perMessageDeflate: false };
  const server = kind === "ws" ? new PeerServer(options) : new WebSocketServer(options);
  (server as WebSocketServer).on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
    socket.on("close", (code, reason) => closes.push([code, reason.toString()]));
    socket.on("error", () => {});
  });
  cleanUp.push(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, closes };
}

const messages: (string | Uint8Array)[] = [
  "",
  "text",
  "grüße € 😀 ".repeat(50),
  "x".repeat(125),
  "é".repeat(63),
  "x".repeat(126),
  "y".repeat(65_535),
  "€".repeat(30_000),
  new Uint8Array(0),
  Uint8Array.of(0, 255, 128),
  new Uint8Array(125).fill(1),
  new Uint8Array(126).fill(2),
  new Uint8Array(20_000).fill(3),
  new Uint8Array(65_536).fill(4),
  new Uint8Array(3_000_000).fill(5),
];

describe.each([
  ["hawser", "hawser"],
  ["hawser", "ws"],
  ["hawser", "Node's own"],
  ["ws", "hawser"],
])("%s as server, %s as client", (serverKind, clientKind) => {
  const make = clients.find(([name]) => name === clientKind)?.[1];

  it.skipIf(make === undefined)(
    "messages of all sizes come back, and the close is clean",
    async () => {
      const { port, closes } = await echoServer(serverKind);
      const client = (make as (url: string, protocols: string[]) => AnyClient)(
        `ws://127.0.0.1:${port}`,
        ["chat"],
      );
      client.binaryType = "arraybuffer";
      const received: (string | Uint8Array)[] = [];
      const closed = await new Promise<object>((resolve, reject) => {
        client.onerror = reject;
        client.onopen = () => {
          for (const message of messages) client.send(message);
        };
        client.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
          received.push(typeof data === "string" ? data : new Uint8Array(data));
          if (received.length === messages.length) client.close(4001, "enough");
        };
        client.onclose = resolve;
      });
      for (const [at, message] of messages.entries()) {
        const got = received[at];
        const same =
          typeof message === "string"
            ? got === message
            : Buffer.compare(message, got as Uint8Array) === 0;
        expect(same, `message ${at}`).toBe(true);
      }
      expect(closed).toMatchObject({ code: 4001, reason: "enough", wasClean: true });
      expect(client.protocol).toBe("chat");
      while (closes.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(closes).toEqual([[4001, "enough"]]);
    },
  );
});

describe("with ws on the other end", () => {
  async function withPeerClient(): Promise<{ ours: WebSocket; theirs: PeerSocket }> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const accepted = once(server, "connection");
    const theirs = new PeerSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanUp.push(() => {
      theirs.terminate();
      server.close();
    });
    const [[ours]] = (await Promise.all([accepted, once(theirs, "open")])) as [
      [WebSocket],
      unknown,
    ];
    return { ours, theirs };
  }

  async function withPeerServer(): Promise<{ ours: WebSocket; theirs: PeerSocket }> {
    const server = new PeerServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const accepted = once(server, "connection");
    const ours = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanUp.push(() => {
      ours.terminate();
      server.close();
    });
    const [[theirs]] = (await Promise.all([accepted, once(ours, "open")])) as [
      [PeerSocket],
      unknown,
    ];
    return { ours, theirs };
  }

  describe.each([
    ["client", withPeerClient],
    ["server", withPeerServer],
  ])("as %s", (_, connectPair) => {
    it("pings are answered, both ways", async () => {
      const { ours, theirs } = await connectPair();
      theirs.ping("from ws");
      expect(String((await once(theirs, "pong"))[0])).toBe("from ws");
      ours.ping("from here");
      expect(String((await once(ours, "pong"))[0])).toBe("from here");
    });

    it("fragments join, both ways, around a ping", async () => {
      const { ours, theirs } = await connectPair();
      const seen = once(ours, "message");
      theirs.send("a€".repeat(100), { fin: false });
      theirs.ping();
      theirs.send(Buffer.alloc(0), { fin: false });
      theirs.send("end");
      expect(String((await seen)[0])).toBe(`${"a€".repeat(100)}end`);
      const back = once(theirs, "message");
      ours.send(Buffer.alloc(70_000, 1), { fin: false });
      ours.ping();
      ours.send(Buffer.alloc(1, 2));
      expect(
        ((await back)[0] as Buffer).equals(Buffer.concat([Buffer.alloc(70_000, 1), Buffer.of(2)])),
      ).toBe(true);
    });

    it.each([
      [undefined, undefined, 1005, ""],
      [1000, undefined, 1000, ""],
      [3000, "grüße", 3000, "grüße"],
      [4999, "x".repeat(123), 4999, "x".repeat(123)],
    ])("close %s %s arrives, both ways", async (code, reason, gotCode, gotReason) => {
      for (const starts of ["ours", "theirs"] as const) {
        const both = await connectPair();
        const ends = Promise.all([once(both.ours, "close"), once(both.theirs, "close")]);
        both[starts].close(code, reason);
        for (const [endCode, endReason] of (await ends) as unknown as [number, Buffer][]) {
          expect([endCode, endReason.toString()]).toEqual([gotCode, gotReason]);
        }
      }
    });

    it("a thousand messages at once arrive in order, both ways", async () => {
      const { ours, theirs } = await connectPair();
      for (const [from, to] of [
        [ours, theirs],
        [theirs, ours],
      ] as const) {
        const seen: number[] = [];
        const all = new Promise<void>((resolve) => {
          (to as WebSocket).on("message", (data) => {
            if (seen.push(Number((data as Buffer).toString().trim())) === 1_000) resolve();
          });
        });
        for (let n = 0; n < 1_000; n++) (from as WebSocket).send(String(n).padEnd((n * 31) % 500));
        await all;
        expect(seen).toEqual([...Array(1_000).keys()]);
      }
    });
  });
});

describe("the same bytes, given to ws and to Hawser", () => {
  /** What the two servers are told, and what the client reads, with the close frame's reason left out. */
  async function outcome(kind: string, bytes: Buffer, cut: number): Promise<unknown> {
    const http = createServer();
    const options = { server: http, maxPayload: 2_000, perMessageDeflate: false };
    const server = (
      kind === "ws" ? new PeerServer(options) : new WebSocketServer(options)
    ) as WebSocketServer;
    const told: string[] = [];
    const closed = new Promise<void>((resolve) => {
      server.on("connection", (socket) => {
        socket.on("message", (data, isBinary) =>
          told.push(`${isBinary} ${(data as Buffer).toString("hex")}`),
        );
        socket.on("ping", (data) => told.push(`ping ${data.toString("hex")}`));
        socket.on("pong", (data) => told.push(`pong ${data.toString("hex")}`));
        socket.on("error", () => told.push("error"));
        socket.on("close", (code, reason) => {
          told.push(`close ${code} ${reason.toString()}`);
          resolve();
        });
      });
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const socket: Socket = connect((http.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(upgradeRequest());
    await readHead(socket);
    socket.write(bytes.subarray(0, cut));
    socket.end(bytes.subarray(cut));
    const read = await readAll(socket);
    await closed;
    http.close();
    return { told, read: read.toString("hex") };
  }

  const ascii = fc.string({ maxLength: 10 }).map((text) => Buffer.from(text));
  const anything = fc.oneof(
    ascii,
    fc.string({ unit: "binary", maxLength: 10 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.alloc(2_001)),
  );
  const rsv = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 4, 2, 1);
  const frames = fc
    .oneof(
      fc.record({ opcode: fc.constantFrom(1, 2, 1, 2, 9, 10, 8, 3, 11), rsv, payload: anything }),
      // Fragments are ASCII: an invalid one ends the connection here at once, and with ws at the end of the message.
      fc.record({ opcode: fc.constantFrom(0, 0, 0, 1, 2), fin: fc.boolean(), rsv, payload: ascii }),
    )
    .map(masked);
  const goodbye = masked({ opcode: 8, payload: closeBytes(1000) });

  it("has the same outcome, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { maxLength: 5 }), fc.nat(200), async (list, cut) => {
        const bytes = Buffer.concat([...list, goodbye]);
        expect(await outcome("hawser", Buffer.from(bytes), cut)).toEqual(
          await outcome("ws", Buffer.from(bytes), cut),
        );
      }),
      { numRuns: 150 },
    );
  });
});
