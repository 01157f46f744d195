import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import * as ws from "ws";
import { cleanUp, cleanUpAll, dial, listen } from "../testing/sockets.ts";
import type { PerMessageDeflateOptions } from "./options.ts";

/** One end of a line, ours or that of a peer. */
interface End {
  readonly extensions: string;
  send(
    data: string | Uint8Array,
    options: { binary?: boolean; compress?: boolean; fin?: boolean },
  ): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
}

afterEach(cleanUpAll);

/** An own server with a client of `ws`: the ends of both. */
async function oursAndTheirs(
  server: PerMessageDeflateOptions | boolean,
  client: PerMessageDeflateOptions | boolean,
): Promise<[End, End]> {
  const own = await listen({ perMessageDeflate: server, maxPayload: 10_000_000 });
  const accepted = once(own.server, "connection");
  const theirs = new ws.WebSocket(own.url, { perMessageDeflate: client as object });
  cleanUp.push(() => theirs.terminate());
  await once(theirs, "open");
  return [(await accepted)[0] as End, theirs];
}

/** The reverse. */
async function theirsAndOurs(
  server: PerMessageDeflateOptions | boolean,
  client: PerMessageDeflateOptions | boolean,
): Promise<[End, End]> {
  const theirs = new ws.WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate: server as object,
    maxPayload: 10_000_000,
  });
  cleanUp.push(() => {
    for (const socket of theirs.clients) socket.terminate();
    theirs.close();
  });
  await once(theirs, "listening");
  const accepted = once(theirs, "connection");
  const url = `ws://127.0.0.1:${(theirs.address() as AddressInfo).port}`;
  const own = dial(url, undefined, { perMessageDeflate: client });
  await once(own, "open");
  return [(await accepted)[0] as End, own];
}

/** Bytes that compress about as well as what people send, and the same on every run. */
function likeJson(bytes: number): string {
  let text = "";
  for (let n = 1; text.length < bytes; n = (n * 48_271) % 2_147_483_647) {
    text += `{"id":${n},"room":"room ${n % 7}","text":"${["hello", "how are you", "ünïcödé"][n % 3]}"},`;
  }
  return text.slice(0, bytes);
}

function noise(bytes: number): Buffer {
  let seed = bytes;
  return Buffer.from(
    Uint8Array.from({ length: bytes }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 24;
    }),
  );
}

const sizes = [0, 1, 10, 125, 126, 1_000, 1_024, 4_096, 4_097, 16_384, 33_000, 65_536];

/** Sends messages of all sizes one way, some in fragments, and says what came; the last one is text. */
async function exchange(from: End, to: End, more: number[] = []): Promise<void> {
  const sent: (string | Buffer)[] = [];
  const came: (string | Buffer)[] = [];
  const all = new Promise<void>((resolve) => {
    to.on("message", (data, isBinary) => {
      came.push(isBinary ? (data as Buffer) : String(data));
      if (came.at(-1) === "the end") resolve();
    });
  });
  const send = (data: string | Buffer, compress = true): void => {
    sent.push(data);
    from.send(data, { compress });
  };
  for (const size of [...sizes, ...more]) {
    send(likeJson(size));
    send(noise(size));
    send(Buffer.alloc(size));
    send("plain in between", false);
    const text = likeJson(size);
    sent.push(text);
    const cut = Math.floor(size / 3);
    from.send(text.slice(0, cut), { fin: false });
    from.send("", { fin: false });
    from.send(text.slice(cut), { fin: true });
  }
  send("the end");
  await all;
  expect(came.length).toBe(sent.length);
  for (const [n, data] of sent.entries()) {
    if (typeof data === "string" ? came[n] !== data : !data.equals(came[n] as Buffer))
      throw new Error(`message ${n} is not what was sent`);
  }
}

const combinations: [string, PerMessageDeflateOptions][] = [
  ["context taken over", {}],
  ["no context on the server", { serverNoContextTakeover: true }],
  ["no context on the client", { clientNoContextTakeover: true }],
  ["no context", { serverNoContextTakeover: true, clientNoContextTakeover: true }],
  ["a large context", { zlibDeflateOptions: { windowBits: 15, level: 9, memLevel: 9 } }],
];
for (const bits of [8, 9, 10, 11, 12, 13, 14, 15]) {
  combinations.push([
    `windows of ${bits} bits, context taken over`,
    { serverMaxWindowBits: bits, clientMaxWindowBits: bits },
  ]);
}

describe.each(combinations)("with %s, a peer understands and is understood", (_, options) => {
  it("as a server", async () => {
    const [server, client] = await oursAndTheirs(options, true);
    expect(server.extensions).toMatch(/^permessage-deflate/);
    await Promise.all([exchange(server, client), exchange(client, server)]);
  });

  it("as a server, when the client asks for it", async () => {
    const [server, client] = await oursAndTheirs(true, options);
    expect(server.extensions).toMatch(/^permessage-deflate/);
    await Promise.all([exchange(server, client), exchange(client, server)]);
  });

  it("as a client", async () => {
    const [server, client] = await theirsAndOurs(options, true);
    expect(client.extensions).toMatch(/^permessage-deflate/);
    expect(client.extensions).toBe(server.extensions);
    await Promise.all([exchange(server, client), exchange(client, server)]);
  });

  it("as a client, when it asks for it", async () => {
    const [server, client] = await theirsAndOurs(true, options);
    expect(client.extensions).toMatch(/^permessage-deflate/);
    await Promise.all([exchange(server, client), exchange(client, server)]);
  });
});

it.each([{}, { shared: true }])("understands a message of 1 MiB, with %j", async (options) => {
  const [server, client] = await oursAndTheirs(options, true);
  await Promise.all([exchange(server, client, [1_048_576]), exchange(client, server, [1_048_576])]);
});
