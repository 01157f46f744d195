// Servers, clients, and waiting for things to happen.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { io as originalIo } from "original-client";

const patienceMs = 15_000;
const lookAgainMs = 20;

/** What a test has started, ended in the opposite order. */
export class World {
  #endings = [];

  /** Remembers how to end something. */
  onEnd(ending) {
    this.#endings.push(ending);
  }

  async end() {
    for (const ending of this.#endings.splice(0).toReversed()) await ending();
  }

  /** A server of a class, on a port that the system picks or the one given. */
  async server(Server, options = {}, port = 0) {
    const http = createServer();
    const io = new Server(http, options);
    http.listen(port, "127.0.0.1");
    await once(http, "listening");
    let closed = false;
    io.end = async () => {
      if (closed) return;
      closed = true;
      await io.close();
    };
    this.onEnd(io.end);
    return io;
  }

  /** A client of a server, unmodified from npm unless another `io` is given; resolves when it is connected. */
  async client(io, { namespace = "/", lib = originalIo, ...options } = {}) {
    const port = typeof io === "number" ? io : io.httpServer.address().port;
    const socket = lib(`http://127.0.0.1:${port}${namespace}`, {
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 50,
      ...options,
    });
    this.onEnd(() => socket.disconnect());
    await connected(socket);
    return socket;
  }
}

export const portOf = (io) => io.httpServer.address().port;

/** Resolves when a client is connected; rejects when it is refused. */
export function connected(socket) {
  if (socket.connected) return Promise.resolve();
  return within("connect", (resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
}

/** The arguments of the next event. */
export function next(socket, event) {
  return within(event, (resolve) => socket.once(event, (...args) => resolve(args)));
}

/** Resolves when a condition holds. */
export async function until(what, condition) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    assert.ok(performance.now() < deadline, `waited in vain: ${what}`);
    await sleep(lookAgainMs);
  }
}

function within(what, executor) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patienceMs);
  });
  return Promise.race([new Promise(executor), late]).finally(() => clearTimeout(timer));
}
