import { randomBytes } from "node:crypto";
import { Duplex } from "node:stream";
import type { DuplexOptions } from "node:stream";
import { describe } from "vitest";
import { event, plain, same } from "./both.ts";
import type { Run, Ws } from "./both.ts";

interface Line {
  client: Ws;
  peer: Ws;
  stream: Duplex;
}

/** An open line with a stream on its client. */
async function streaming(run: Run, options?: DuplexOptions): Promise<Line> {
  const { client, peer } = await run.pair();
  const stream = run.api.createWebSocketStream(client, options);
  run.later(() => stream.on("error", () => {}).destroy());
  return { client, peer, stream };
}

/** Notes what a stream emits, and waits for its close. */
async function ends(run: Run, stream: Duplex): Promise<void> {
  for (const name of ["data", "end", "finish", "error"])
    stream.on(name, (value: unknown) => run.see(name, plain(value)));
  await event(stream, "close");
  run.see("close", stream.destroyed, stream.readableEnded, stream.writableFinished);
}

describe("a stream on a WebSocket", () => {
  same("is a Duplex, with its options", async (run) => {
    const { stream } = await streaming(run, { readableObjectMode: true, highWaterMark: 7 });
    run.see(stream instanceof Duplex, stream.readableObjectMode, stream.writableObjectMode);
    run.see(stream.readableHighWaterMark, stream.writableHighWaterMark, stream.allowHalfOpen);
    const other = await streaming(run, { objectMode: true, allowHalfOpen: false });
    run.see(other.stream.readableObjectMode, other.stream.writableObjectMode);
    run.see(other.stream.allowHalfOpen);
  });

  for (const options of [
    {},
    { encoding: "utf8" as const },
    { readableObjectMode: true },
    { allowHalfOpen: false },
    { decodeStrings: false },
  ]) {
    same(`reads and writes with ${JSON.stringify(options)}`, async (run) => {
      const { peer, stream } = await streaming(run, options);
      peer.on("message", (data, isBinary) => run.see("peer", plain(data), isBinary));
      const closed = event(peer, "close");
      const ended = ends(run, stream);
      stream.write("text");
      stream.write(Buffer.from("bytes"));
      peer.send("grüße");
      peer.send(Buffer.from("binary"));
      peer.ping();
      await event(peer, "pong");
      peer.close();
      await event(stream, "end");
      stream.end();
      await ended;
      run.see((await closed)[0]);
    });
  }

  same("the peer closes; allowHalfOpen leaves the other half to the user", async (run) => {
    const { peer, stream } = await streaming(run);
    const ended = ends(run, stream);
    peer.close();
    await event(stream, "end");
    stream.end();
    await ended;
  });

  same("end closes", async (run) => {
    const { peer, client, stream } = await streaming(run);
    peer.on("message", (data) => run.see(plain(data)));
    const closed = event(peer, "close");
    const ended = ends(run, stream);
    stream.end("last words");
    await ended;
    run.see(client.readyState, (await closed)[0]);
  });

  same("writes wait for the line to open", async (run) => {
    const { server, url } = await run.listen();
    server.on("connection", (peer) => peer.on("message", (data) => run.see(plain(data))));
    const client = run.dial(url);
    const stream = run.api.createWebSocketStream(client);
    stream.write("one");
    stream.write("two");
    run.see(client.readyState);
    stream.end();
    await ends(run, stream);
  });

  for (const state of ["CLOSING", "CLOSED"] as const) {
    same(`a write while ${state} is an error`, async (run) => {
      const { client, stream } = await streaming(run);
      client.close();
      if (state === "CLOSED") await event(client, "close");
      const ended = ends(run, stream);
      stream.write("late", (error) => run.see("callback", error instanceof Error));
      await ended;
      run.see(client.readyState);
    });
  }

  same("destroyed before it opens", async (run) => {
    const { url } = await run.listen();
    const client = run.dial(url);
    const stream = run.api.createWebSocketStream(client);
    const ended = ends(run, stream);
    stream.destroy();
    await ended;
    run.see(client.readyState);
  });

  same("destroyed, with an error and without", async (run) => {
    for (const error of [undefined, new Error("Oops")]) {
      const { client, peer, stream } = await streaming(run);
      const closed = event(peer, "close");
      const ended = ends(run, stream);
      stream.destroy(error);
      await ended;
      const [code] = await closed;
      run.see(code, client.readyState);
    }
  });

  same("destroyed when all is over", async (run) => {
    const { client, peer, stream } = await streaming(run);
    peer.close();
    await event(client, "close");
    const ended = ends(run, stream);
    stream.destroy();
    await ended;
  });

  same("the peer cuts the line", async (run) => {
    const { peer, stream } = await streaming(run);
    const ended = ends(run, stream);
    peer.terminate();
    await event(stream, "end");
    stream.end();
    await ended;
  });

  same("the peer breaks the rules", async (run) => {
    const { peer, stream } = await streaming(run);
    const ended = ends(run, stream);
    (peer as unknown as { _socket: Duplex })._socket.write(Buffer.from([0x85, 0x00]));
    await ended;
  });

  same("the handshake fails", async (run) => {
    const client = run.dial(`ws://${await run.http()}`);
    const stream = run.api.createWebSocketStream(client);
    client.once("open", () => run.see("open"));
    const ended = ends(run, stream);
    stream.end("x");
    client.terminate();
    await ended;
  });

  same("nobody is there", async (run) => {
    const stream = run.api.createWebSocketStream(run.dial("ws://127.0.0.1:1"));
    stream.resume();
    stream.end();
    await ends(run, stream);
  });

  same("pauses the line while nobody reads, and reads it all in the end", async (run) => {
    const { client, peer, stream } = await streaming(run);
    const chunk = randomBytes(16_384);
    for (let n = 0; n < 50; n++) peer.send(chunk);
    peer.close();
    await new Promise<void>((resolve) => {
      const look = (): void => void (client.isPaused ? resolve() : setImmediate(look));
      stream.read(0);
      look();
    });
    run.see(client.isPaused, client.readyState);
    let bytes = 0;
    stream.on("data", (data: Buffer) => (bytes += data.length));
    stream.end();
    await event(stream, "close");
    run.see(bytes, client.isPaused);
  });

  same("a write waits while the peer does not read", async (run) => {
    const { peer, stream } = await streaming(run);
    peer.pause();
    const chunk = randomBytes(65_536);
    let written = 0;
    while (stream.write(chunk, () => written++) || stream.writableLength < 16_000_000);
    run.see(stream.writableNeedDrain);
    let bytes = 0;
    peer.on("message", (data) => (bytes += (data as Buffer).length));
    peer.resume();
    await event(stream, "drain");
    const closed = event(peer, "close");
    stream.end();
    stream.resume();
    await closed;
    run.see(bytes > 16_000_000, bytes % chunk.length, written * chunk.length === bytes);
  });

  same("two streams, piped", async (run) => {
    const { peer, stream } = await streaming(run);
    const other = run.api.createWebSocketStream(peer);
    other.pipe(other);
    const sent = randomBytes(500_000);
    const got: Buffer[] = [];
    stream.on("data", (data: Buffer) => got.push(data));
    stream.end(sent);
    await event(stream, "close");
    run.see(Buffer.concat(got).equals(sent));
  });
});
