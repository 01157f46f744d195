import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Socket } from "@hawser/client";

/**
 * - off: not started
 * - connecting: never connected so far
 * - open: events flow
 * - lost: was open; the client tries again by itself
 * - refused: the server does not let us in; trying again would not help
 */
export type LineState = "off" | "connecting" | "open" | "lost" | "refused";

/** What the server said with a refusal. */
export interface RefusalData {
  readonly code: string;
  readonly text: string;
}

const probeEveryMs = 5000;
const probeTimeoutMs = 10_000;

/** One socket's line to the server, as people see it: is it there, over what, how fast. */
export class Line {
  readonly #socket: Socket;
  readonly #state: Signal<LineState> = signal("off");
  readonly #transport: Signal<string> = signal("");
  readonly #rttMs: Signal<number | undefined> = signal(undefined);
  readonly #refusal: Signal<RefusalData | undefined> = signal(undefined);
  readonly #held: Signal<boolean> = signal(false);
  #probing = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("connect", () => this.#onConnect());
    socket.on("disconnect", () => this.#onDisconnect());
    socket.on("connect_error", (error) => this.#onConnectError(error));
    addEventListener("online", () => this.retry());
    setInterval(() => this.#probe(), probeEveryMs);
  }

  get state(): ReadonlySignal<LineState> {
    return this.#state;
  }

  /** "polling" or "websocket"; empty while there is no line. */
  get transport(): ReadonlySignal<string> {
    return this.#transport;
  }

  /** There and back, in milliseconds; undefined when not measured or not answered. */
  get rttMs(): ReadonlySignal<number | undefined> {
    return this.#rttMs;
  }

  get refusal(): ReadonlySignal<RefusalData | undefined> {
    return this.#refusal;
  }

  start(): void {
    this.#state.value = "connecting";
    this.#refusal.value = undefined;
    this.#socket.connect();
  }

  /** It is cut on purpose, and does not come back before its time. */
  get held(): ReadonlySignal<boolean> {
    return this.#held;
  }

  /** Cuts the line as if a plug were pulled, and puts it in again after that time. */
  cut(forMs: number): void {
    if (this.#state.value !== "open") return;
    const manager = this.#socket.io;
    this.#held.value = true;
    manager.reconnection(false);
    manager.engine.close();
    setTimeout(() => {
      this.#held.value = false;
      manager.reconnection(true);
      this.#socket.disconnect().connect();
    }, forMs);
  }

  /** Does not wait for the next attempt. */
  retry(): void {
    if (this.#held.value) return;
    if (this.#state.value !== "lost" && this.#state.value !== "connecting") return;
    this.#socket.disconnect().connect();
  }

  #onConnect(): void {
    const engine = this.#socket.io.engine;
    this.#transport.value = engine.transport.name;
    engine.on("upgrade", (transport: { name: string }) => {
      this.#transport.value = transport.name;
      this.#probe();
    });
    this.#state.value = "open";
    this.#probe();
  }

  #onDisconnect(): void {
    this.#state.value = "lost";
    this.#transport.value = "";
    this.#rttMs.value = undefined;
    // The server ended it, which the client takes for final. We do not.
    if (!this.#socket.active && !this.#held.value) this.#socket.connect();
  }

  #onConnectError(error: Error): void {
    // Active means that the client goes on trying.
    if (this.#socket.active) return;
    const { data } = error as Error & { data?: RefusalData };
    this.#refusal.value = data ?? { code: "failed", text: error.message };
    this.#state.value = "refused";
  }

  #probe(): void {
    if (this.#state.value !== "open" || document.hidden || this.#probing) return;
    this.#probing = true;
    const sentAt = performance.now();
    this.#socket.timeout(probeTimeoutMs).emit("probe", (error: Error | null) => {
      this.#probing = false;
      this.#rttMs.value = error === null ? performance.now() - sentAt : undefined;
    });
  }
}
