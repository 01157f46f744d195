import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import * as ws from "ws";
import { expect, it } from "vitest";
import * as hawser from "../index.ts";

/** What both packages offer, in the types that were written for the one. */
export type Api = typeof ws;
export type Ws = ws.WebSocket;
export type Wss = ws.WebSocketServer;

const apis: readonly [name: string, api: Api][] = [
  ["ws", ws],
  ["hawser", hawser as unknown as Api],
];

/** One run of a case: what it saw, and what is to be let go of. */
export class Run {
  readonly api: Api;
  readonly seen: unknown[] = [];
  private readonly cleaning: (() => void)[] = [];

  constructor(api: Api) {
    this.api = api;
  }

  /** Notes something that has to be the same for both. */
  readonly see = (...what: unknown[]): void => {
    this.seen.push(what.length === 1 ? what[0] : what);
  };

  readonly later = (clean: () => void): void => {
    this.cleaning.push(clean);
  };

  cleanUp(): void {
    for (const clean of this.cleaning.splice(0).toReversed()) clean();
  }

  /** A server of WebSockets on a port of its own. */
  async listen(options: ws.ServerOptions = {}): Promise<{ server: Wss; url: string }> {
    const server = new this.api.WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
    this.later(() => {
      for (const client of server.clients ?? []) client.terminate();
      server.close();
    });
    await once(server, "listening");
    return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  /** A server of node:http. */
  async http(server: Server = createServer(), path?: string): Promise<string> {
    this.later(() => {
      server.close();
      server.closeAllConnections();
    });
    if (path === undefined) server.listen(0, "127.0.0.1");
    else server.listen(path);
    await once(server, "listening");
    return typeof server.address() === "string"
      ? (server.address() as unknown as string)
      : `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  dial(url: string, protocols?: string | string[], options?: ws.ClientOptions): Ws {
    const socket = new this.api.WebSocket(url, protocols, options);
    this.later(() => socket.on("error", () => {}).terminate());
    return socket;
  }

  /** Both ends of an open line. */
  async pair(
    serverOptions: ws.ServerOptions = {},
    clientOptions: ws.ClientOptions = {},
  ): Promise<{ server: Wss; url: string; client: Ws; peer: Ws }> {
    const { server, url } = await this.listen({ perMessageDeflate: false, ...serverOptions });
    const accepted = once(server, "connection") as Promise<[Ws]>;
    const client = this.dial(url, [], { perMessageDeflate: false, ...clientOptions });
    const [[peer]] = await Promise.all([accepted, once(client, "open")]);
    return { server, url, client, peer };
  }

  /** A line of raw bytes to a server. */
  raw(url: string): Socket {
    const { port, hostname } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    socket.on("error", () => {});
    this.later(() => socket.destroy());
    return socket;
  }

  /** Notes what a socket emits, in order, and waits for the end. */
  async story(socket: Ws, events: readonly string[] = ["open", "message", "error"]): Promise<void> {
    for (const event of events) {
      socket.on(event, (...args: unknown[]) =>
        this.see(event, ...args.map(plain), socket.readyState),
      );
    }
    await new Promise<void>((resolve) => {
      socket.on("close", (code, reason) => {
        this.see("close", code, reason.toString(), socket.readyState);
        resolve();
      });
    });
  }
}

/** A handshake as a client sends it, with lines replaced, added, or by an empty value left out. */
export function handshake(lines: Record<string, string> = {}, start = "GET / HTTP/1.1"): string {
  const headers = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...lines,
  };
  const kept = Object.entries(headers).filter(([, value]) => value !== "");
  return [start, ...kept.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}

/** What of a value can be compared: of an error its kind and its code. */
export function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("latin1");
  if (value instanceof Error) {
    const { code } = value as { code?: string };
    const kinds = [SyntaxError, RangeError, TypeError, Error];
    const kind = kinds.find((Kind) => value instanceof Kind) as typeof Error;
    // Where `ws` has no code, ours has one of its own.
    return { error: kind.name, code: /^WS_(?!ERR_)/.test(code ?? "") ? undefined : code };
  }
  return value;
}

/** Status, headers and body of an answer. */
export async function answer(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, bytes: Buffer.concat(chunks).length > 0 };
}

/** Runs a case with both packages, and demands that it sees the same. */
export function same(name: string, run: (run: Run) => Promise<void> | void): void {
  // oxlint-disable-next-line vitest/valid-title -- it is the case's
  it(name, async () => {
    const told: Record<string, unknown[]> = {};
    for (const [label, api] of apis) {
      const one = new Run(api);
      try {
        await run(one);
      } finally {
        one.cleanUp();
      }
      told[label] = one.seen;
    }
    expect(told["ws"]).not.toEqual([]);
    expect(told["hawser"]).toEqual(told["ws"]);
  });
}

/** Waits for one event, whatever else happens. */
export function event(emitter: NodeJS.EventEmitter, name: string): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
}

/** Notes what a function throws. */
export function thrown(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return plain(error);
  }
  return "nothing";
}
