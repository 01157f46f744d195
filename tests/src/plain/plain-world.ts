// One server with every dialect on, and a client of each kind in the same rooms.
import { io as ours } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { Server } from "hawser";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { io as npm } from "socket.io-client";
import { PlainClient } from "../support/plain-client.ts";
import { pack } from "../support/python.ts";
import { SseClient } from "../support/sse-client.ts";
import { next, within } from "../support/wait.ts";
import type { ServerOptions } from "hawser";
import type { Plain, PlainClientOptions, PlainForm } from "../support/plain-client.ts";

export const kinds = [
  "npm polling",
  "npm websocket",
  "npm 2",
  "ours",
  "ours, durable",
  "plain json",
  "plain msgpack",
  "raw",
  "sse",
] as const;
export type KindOfMember = (typeof kinds)[number];

/** Someone in a room, whatever they speak. What is heard is [event, ...arguments], bytes as {"$hex"}. */
export interface Member {
  readonly kind: KindOfMember;
  readonly id: string;
  readonly heard: unknown[][];
  /** Undefined for who cannot speak. */
  emit?: (event: string, ...args: unknown[]) => void;
  /** Undefined for who cannot wait for an answer. */
  ask?: (event: string, ...args: unknown[]) => Promise<unknown[]>;
  /** Answers the server's event of that name with `answer` and what it was asked. */
  answers?: (event: string, answer: string) => void;
  disconnected: () => boolean;
  leave: () => void;
}

/** A Socket.IO client of whatever make, as far as it is used. */
interface AnySocket {
  id: string;
  connected: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  connect(): unknown;
  close(): unknown;
  onevent?: (packet: { data: unknown[] }) => void;
}

export const words = ["said", "volatile", "news", "bytes", "message"];

const npm2 = createRequire(import.meta.url)("socket.io-client-2") as (
  url: string,
  options: object,
) => AnySocket;

export class PlainWorld {
  readonly io: Server;
  readonly url: string;
  readonly #close: (() => void)[] = [];

  private constructor(io: Server, port: number) {
    this.io = io;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** With the plain dialect at /hawser/ws, and bare frames at /raw. `setup` runs before it listens. */
  static async open(
    options: Partial<ServerOptions> = {},
    setup: (io: Server) => void = () => {},
  ): Promise<PlainWorld> {
    const http = createServer();
    const raw = {
      path: "/raw",
      mode: "raw" as const,
      encode: (event: string, args: readonly unknown[]) => JSON.stringify(pack([event, ...args])),
    };
    const io = new Server(http, {
      allowEIO3: true,
      delivery: {},
      plain: [{}, raw],
      sse: true,
      subscribe: () => true,
      ...options,
    });
    setup(io);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    return new PlainWorld(io, (http.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    for (const close of this.#close) close();
    await within("the server closes", this.io.close());
  }

  async plain(connect: Plain = {}, options: PlainClientOptions = {}): Promise<PlainClient> {
    const client = await PlainClient.connected(this.url, connect, options);
    this.#close.push(() => client.ws.terminate());
    return client;
  }

  /** A line on which nothing was said yet. */
  async line(options: PlainClientOptions = {}): Promise<PlainClient> {
    const client = await PlainClient.open(this.url, options);
    this.#close.push(() => client.ws.terminate());
    return client;
  }

  async sse(query = "", headers: Record<string, string> = {}): Promise<SseClient> {
    const client = await SseClient.open(this.url, `/hawser/sse${query}`, headers);
    this.#close.push(() => client.close());
    return client;
  }

  /** A connected member of that kind. `namespace` is "/" for "raw"; readers of "sse" name the room that they want to hear. */
  async member(
    kind: KindOfMember,
    { namespace = "/", room = "room", token = "" } = {},
  ): Promise<Member> {
    if (kind === "plain json") return this.#plain(kind, "json", namespace, token);
    if (kind === "plain msgpack") return this.#plain(kind, "msgpack", namespace, token);
    if (kind === "raw") return this.#raw();
    if (kind === "sse") return this.#reader(room, namespace, token);
    return this.#socket(kind, namespace, token);
  }

  async #socket(kind: KindOfMember, namespace: string, token: string): Promise<Member> {
    const url = this.url + namespace;
    const auth = { token };
    const options = { forceNew: true, auth, transports: ["websocket"] };
    const make: Partial<Record<KindOfMember, () => unknown>> = {
      "npm polling": () => npm(url, { ...options, transports: ["polling"] }),
      "npm websocket": () => npm(url, options),
      // Version 2 has no auth: what it wants to say goes into the query.
      "npm 2": () => npm2(url, { ...options, query: auth }),
      ours: () => ours(url, options),
      "ours, durable": () => ours(url, { ...options, durable: durable({ name: "member" }) }),
    };
    const socket = make[kind]!() as AnySocket;
    this.#close.push(() => socket.close());
    const heard: unknown[][] = [];
    for (const word of words) {
      socket.on(word, (...args: unknown[]) => heard.push(pack([word, ...args]) as unknown[]));
    }
    await next(socket, "connect");
    return {
      kind,
      // The ids of version 2 have the namespace before them.
      id: socket.id.split("#").at(-1)!,
      heard,
      emit: (event, ...args) => void socket.emit(event, ...args),
      ask: (event, ...args) => {
        const answer = new Promise<unknown[]>((resolve) => {
          socket.emit(event, ...args, (...answer_: unknown[]) => resolve(answer_));
        });
        return within(`the answer to ${event}`, answer);
      },
      answers: (event, answer) => {
        socket.on(event, (...args: unknown[]) => {
          (args.pop() as (...of: unknown[]) => void)(answer, ...args);
        });
      },
      disconnected: () => !socket.connected,
      leave: () => void socket.close(),
    };
  }

  async #plain(
    kind: KindOfMember,
    form: PlainForm,
    namespace: string,
    token: string,
  ): Promise<Member> {
    const client = await this.plain({ namespace, auth: { token } }, { form });
    const within_ = namespace === "/" ? {} : { namespace };
    const answers = new Map<string, string>();
    client.onMessage = ({ event, id, data }) => {
      const answer = answers.get(event as string);
      if (answer === undefined || id === undefined) return;
      client.send({ ack: id, data: [answer, ...((data ?? []) as unknown[])], ...within_ });
    };
    let asked = 1_000;
    return {
      kind,
      id: client.id,
      get heard(): unknown[][] {
        return heardBy(client.messages);
      },
      emit: (event, ...data) => client.send({ event, data, ...within_ }),
      ask: async (event, ...data) => {
        const id = asked++;
        client.send({ event, data, id, ...within_ });
        const answer = await client.message(`the answer to ${event}`, (it) => it["ack"] === id);
        return (answer["data"] ?? []) as unknown[];
      },
      answers: (event, answer) => void answers.set(event, answer),
      disconnected: () =>
        client.closed !== undefined || client.messages.some((it) => "disconnect" in it),
      leave: () => client.close(),
    };
  }

  async #raw(): Promise<Member> {
    const connected = next<[{ id: string }]>(this.io.of("/"), "connection");
    const client = await this.line({ form: "raw", path: "/raw" });
    const [{ id }] = await connected;
    return {
      kind: "raw",
      id,
      get heard(): unknown[][] {
        return client.frames.map((frame) =>
          typeof frame === "string" && frame.startsWith("[")
            ? (JSON.parse(frame) as unknown[])
            : (pack(["message", frame]) as unknown[]),
        );
      },
      emit: (_event, ...args) => client.ws.send(args[0] as string | Buffer),
      disconnected: () => client.closed !== undefined,
      leave: () => client.close(),
    };
  }

  async #reader(room: string, namespace: string, token: string): Promise<Member> {
    const query = `?room=${room}&namespace=${encodeURIComponent(namespace)}&token=${token}`;
    const client = await this.sse(query);
    const { connected } = await client.message("connected", (it) => "connected" in it);
    return {
      kind: "sse",
      id: (connected as { id: string }).id,
      get heard(): unknown[][] {
        return heardBy(client.messages);
      },
      disconnected: () => client.closed,
      leave: () => client.close(),
    };
  }
}

function heardBy(messages: readonly Plain[]): unknown[][] {
  return messages
    .filter(({ event }) => words.includes(event as string))
    .map(({ event, data }) => pack([event, ...((data ?? []) as unknown[])]) as unknown[]);
}
