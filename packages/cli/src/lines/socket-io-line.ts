import { setTimeout as sleep } from "node:timers/promises";
import { io } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { textOf } from "../errors.ts";
import { limits } from "../limits.ts";
import type { ManagerOptions, Socket, SocketOptions } from "@hawser/client";
import type { DurableSocket } from "@hawser/client/durable";
import type { Answer, Line, LineHandler, LineOptions } from "./line.ts";

/** Socket.IO, by our own client. */
export class SocketIoLine implements Line {
  readonly #socket: Socket;
  readonly #options: LineOptions;
  readonly #handler: LineHandler;
  #isClosing = false;
  #emittedMs = Number.NEGATIVE_INFINITY;

  constructor(options: LineOptions, handler: LineHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#socket = io(addressOf(options), settingsOf(options));
    this.#listen();
  }

  open(): void {
    this.#socket.connect();
    // Each attempt has a connection of its own.
    this.#watchPolling();
  }

  emit(event: string, data: unknown[], onAck?: (data: unknown[]) => void): void {
    this.#emittedMs = performance.now();
    if (onAck) this.#socket.emit(event, ...data, (...answer: unknown[]) => onAck(answer));
    else this.#socket.emit(event, ...data);
  }

  /** Socket.IO has no word for it: what `hawser serve` and many applications listen to. */
  subscribe(rooms: string[], leave: boolean): void {
    const event = leave ? "unsubscribe" : "subscribe";
    this.emit(event, [rooms], (answer) =>
      this.#handler.onNotice(`${event}d`, `${event}d: ${JSON.stringify(answer[0])}`, { answer }),
    );
  }

  command(): boolean {
    return false;
  }

  /** A server of Socket.IO drops an event whose sender has gone in the same moment, and nothing tells when it is handled. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const lingerMs = this.#emittedMs + limits.lingerMs - performance.now();
    if (this.#socket.connected && lingerMs > 0) await sleep(lingerMs);
    const { engine } = this.#socket.io as unknown as { engine?: EngineEvents };
    const isOpen = this.#socket.connected && engine !== undefined;
    const closed = isOpen ? new Promise<void>((done) => engine.once("close", () => done())) : null;
    this.#socket.disconnect();
    await closed;
  }

  #listen(): void {
    const socket = this.#socket;
    const handler = this.#handler;
    socket.on("connect", () => {
      const over = socket.io.engine.transport?.name ?? "";
      handler.onOpen({ id: socket.id, over, recovered: socket.recovered });
    });
    socket.on("connect_error", (error: Error & { data?: unknown; code?: unknown }) => {
      if (this.#isClosing) return;
      // An active socket is one whose line failed; a middleware's refusal leaves it inactive.
      const refused = !socket.active;
      socket.disconnect();
      const status = statusOf(error);
      const isNo = refused || (status !== undefined && status >= 400 && status < 500);
      handler.onLoss({ reason: reasonOf(error, status), refused: isNo, data: error.data });
    });
    socket.on("disconnect", (reason) => {
      if (this.#isClosing) return;
      handler.onLoss({
        reason,
        refused: false,
        retry: reason === "io server disconnect" ? false : undefined,
      });
    });
    socket.onAny((event: string, ...data: unknown[]) => {
      const last = data.at(-1);
      if (typeof last !== "function") handler.onEvent(event, data, {});
      else handler.onEvent(event, data.slice(0, -1), { answer: last as Answer });
    });
    if (this.#options.session) {
      (socket as unknown as DurableSocket).delivery.on("reset", (notice: object) =>
        handler.onNotice(
          "reset",
          `something was missed: ${JSON.stringify(notice)}`,
          { ...notice },
          true,
        ),
      );
    }
  }

  #watchPolling(): void {
    const { onPolled } = this.#options;
    const { engine } = this.#socket.io;
    if (!onPolled || !engine) return;
    const isPolling = (): boolean => engine.transport?.name === "polling";
    engine.on("packet", (packet) => isPolling() && onPolled("in", packet));
    engine.on("packetCreate", (packet) => isPolling() && onPolled("out", packet));
  }
}

interface EngineEvents {
  once(event: "close", listener: () => void): void;
}

/** A path of the URL is Engine.IO's; the namespace is an option of its own. */
function addressOf({ url, namespace }: LineOptions): string {
  return `${url.origin}${namespace}${url.search}`;
}

function settingsOf(options: LineOptions): Partial<ManagerOptions & SocketOptions> {
  const { url, auth, token, headers, session, agent, insecure, transports } = options;
  const path = url.pathname === "/" ? "/socket.io" : url.pathname;
  const bearer = token === undefined ? {} : { token };
  return {
    path,
    forceNew: true,
    autoConnect: false,
    reconnection: false,
    timeout: limits.connectTimeoutMs,
    transports: transports ?? ["websocket", "polling"],
    tryAllTransports: true,
    extraHeaders: headers,
    auth: { ...bearer, ...auth },
    ...(session && { durable: durable({}) }),
    // Frames are shown as they are, so they are asked for uncompressed.
    ...(agent !== undefined && { agent, perMessageDeflate: false }),
    ...(insecure && { rejectUnauthorized: false }),
  };
}

function statusOf({ description }: Error & { description?: unknown }): number | undefined {
  if (typeof description === "number" && description > 0) return description;
  const { status } = (description ?? {}) as { status?: unknown };
  return typeof status === "number" && status > 0 ? status : undefined;
}

function reasonOf(error: Error & { description?: unknown }, status: number | undefined): string {
  if (status !== undefined) return `${error.message} (HTTP ${status})`;
  const { description } = error;
  const inner = (description as { error?: unknown } | undefined)?.error ?? description;
  if (inner instanceof Error && inner.message !== "") return textOf(inner);
  // Status 0: no answer at all.
  return description === 0 ? "no connection" : textOf(error);
}
