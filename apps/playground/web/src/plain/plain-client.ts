import { jsonCodec } from "./codec.ts";
import type { PlainCodec, PlainMessage } from "./codec.ts";

export type PlainState = "connecting" | "open" | "lost";

export interface PlainOptions {
  readonly url: string;
  readonly namespace: string;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly codec?: PlainCodec;
  readonly onState: (state: PlainState) => void;
  readonly onEvent: (event: string, args: readonly unknown[]) => void;
  readonly onFrame?: (frame: string | ArrayBuffer) => void;
}

interface Connected {
  readonly session?: string;
  readonly recovered?: boolean;
}

const retryMs = 1000;
const tellEveryMs = 1000;

/** A client of the plain dialect: the browser's WebSocket and JSON, no library. It comes back by itself and hears what it missed. */
export class PlainClient {
  readonly #options: PlainOptions;
  readonly #codec: PlainCodec;
  readonly #rooms: Set<string> = new Set();
  readonly #questions: Map<number, PromiseWithResolvers<readonly unknown[]>> = new Map();
  #socket: WebSocket;
  #session: string | undefined;
  /** Up to where it has heard. */
  #position: unknown;
  #told: unknown;
  #lastId = 0;
  #cutMs: number | undefined;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #telling: ReturnType<typeof setInterval>;

  constructor(options: PlainOptions) {
    this.#options = options;
    this.#codec = options.codec ?? jsonCodec;
    this.#socket = this.#open();
    this.#telling = setInterval(() => this.#tell(), tellEveryMs);
  }

  subscribe(room: string): void {
    this.#rooms.add(room);
    this.#say({ subscribe: [room] });
  }

  unsubscribe(room: string): void {
    this.#rooms.delete(room);
    this.#say({ unsubscribe: [room] });
  }

  /** Resolves with what the server acknowledges; rejects when there is no line, or it is lost before that. */
  ask(event: string, ...data: unknown[]): Promise<readonly unknown[]> {
    const question = Promise.withResolvers<readonly unknown[]>();
    const id = ++this.#lastId;
    if (this.#say({ event, data, id })) this.#questions.set(id, question);
    else question.reject(new Error("there is no line"));
    return question.promise;
  }

  /** Breaks the line, and comes back after that time. */
  cut(forMs: number): void {
    this.#cutMs = forMs;
    this.#socket.close();
  }

  close(): void {
    this.#closed = true;
    this.#forget();
    clearInterval(this.#telling);
    this.#socket.close(1000);
  }

  #open(): WebSocket {
    const { url, namespace, auth, onState, onFrame } = this.#options;
    const socket = new WebSocket(url, this.#codec.subprotocol);
    socket.binaryType = "arraybuffer";
    onState("connecting");
    socket.addEventListener("open", () => {
      const [session, position] = [this.#session, this.#position];
      this.#send(
        session === undefined
          ? { connect: { namespace, auth, session: true } }
          : { recover: { session, position, namespace, auth } },
      );
    });
    socket.addEventListener("message", ({ data }) => {
      onFrame?.(data);
      this.#take(this.#codec.decode(data));
    });
    // The reason says whether to come back, and when.
    socket.addEventListener("close", ({ reason }) => {
      if (this.#closed) return;
      this.#lost(this.#cutMs ?? retryOf(reason));
      this.#cutMs = undefined;
    });
    return socket;
  }

  #take(message: PlainMessage): void {
    const { event, ack, connected, data = [] } = message;
    if (typeof event === "string") this.#options.onEvent(event, data as readonly unknown[]);
    if (typeof ack === "number") this.#settle(ack, data as readonly unknown[]);
    if (connected !== undefined) this.#begin(connected as Connected);
    this.#position = message["position"] ?? message["live"] ?? this.#position;
  }

  #settle(id: number, data: readonly unknown[]): void {
    this.#questions.get(id)?.resolve(data);
    this.#questions.delete(id);
  }

  #begin({ session, recovered, ...rest }: Connected & { position?: unknown }): void {
    this.#session = session;
    this.#options.onState("open");
    // The rooms are part of what was recovered.
    if (recovered === true) return;
    this.#position = rest.position;
    if (this.#rooms.size > 0) this.#say({ subscribe: [...this.#rooms] });
  }

  #lost(afterMs: number | false): void {
    this.#forget();
    this.#options.onState("lost");
    if (afterMs === false) return;
    this.#timer = setTimeout(() => {
      this.#socket = this.#open();
    }, afterMs);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    for (const { reject } of this.#questions.values()) reject(new Error("the line was lost"));
    this.#questions.clear();
  }

  // What has been handled need not be replayed.
  #tell(): void {
    if (this.#position === this.#told) return;
    this.#told = this.#position;
    this.#say({ position: this.#position });
  }

  #say(message: PlainMessage): boolean {
    return this.#send({ ...message, namespace: this.#options.namespace });
  }

  /** Returns false when there is no line. */
  #send(message: PlainMessage): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(this.#codec.encode(message));
    return true;
  }
}

function retryOf(reason: string): number | false {
  try {
    const { retry } = JSON.parse(reason) as { retry?: number | false };
    return retry ?? retryMs;
  } catch {
    return retryMs;
  }
}
