import { computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { channelOf } from "../../../../../shared/chat/channel.ts";
import { chatNamespace } from "../../../../../shared/chat/events.ts";
import type { Reply } from "../../../../../shared/chat/events.ts";
import type { Wire } from "../../../../../shared/chat/wire.ts";
import { jsonCodec } from "../../../plain/codec.ts";
import type { PlainCodec } from "../../../plain/codec.ts";
import { msgpackCodec } from "../../../plain/msgpack-codec.ts";
import { PlainClient } from "../../../plain/plain-client.ts";
import type { PlainState } from "../../../plain/plain-client.ts";
import { sseLines } from "./frames.ts";
import type { FrameBook } from "./frames.ts";
import { guestWires, withHeard } from "./heard.ts";
import type { GuestWire, Heard } from "./heard.ts";
import { plainUrl, sseUrl } from "./snippets.ts";

/** By which one can speak here: SSE only listens. */
export type SpeakingWire = "json" | "msgpack";
export const speakingWires: readonly SpeakingWire[] = ["json", "msgpack"];

/** Other clients in this very page, without a library: two plain WebSockets and an EventSource, in the room that is shown. */
export class Guests {
  readonly states: Readonly<Record<GuestWire, Signal<PlainState | "off">>> = {
    json: signal("off"),
    msgpack: signal("off"),
    sse: signal("off"),
  };
  readonly running: ReadonlySignal<boolean> = computed(() =>
    guestWires.some((wire) => this.states[wire].value !== "off"),
  );
  /** The newest last. */
  readonly heard: Signal<readonly Heard[]> = signal([]);
  readonly #frames: FrameBook;
  #name = "";
  #room = "";
  #plain: Partial<Record<"json" | "msgpack", PlainClient>> = {};
  #events: EventSource | undefined;

  constructor(frames: FrameBook) {
    this.#frames = frames;
  }

  /** Over those of `wires` that guests speak. */
  start(name: string, room: string, wires: readonly Wire[]): void {
    this.#name = name;
    this.#room = room;
    if (wires.includes("json")) this.#plain.json = this.#client("json", jsonCodec);
    if (wires.includes("msgpack")) this.#plain.msgpack = this.#client("msgpack", msgpackCodec);
    for (const client of Object.values(this.#plain)) client.subscribe(channelOf(room));
    if (wires.includes("sse")) this.#listen();
  }

  stop(): void {
    for (const client of Object.values(this.#plain)) client.close();
    this.#plain = {};
    this.#events?.close();
    this.#events = undefined;
    this.heard.value = [];
    for (const wire of guestWires) {
      this.states[wire].value = "off";
      this.#frames.forget(wire);
    }
  }

  /** The person turns to another room. */
  follow(room: string): void {
    if (!this.running.peek() || room === this.#room) return;
    for (const client of Object.values(this.#plain)) {
      client.unsubscribe(channelOf(this.#room));
      client.subscribe(channelOf(room));
    }
    this.#room = room;
    this.heard.value = [];
    if (this.#events !== undefined) this.#listen();
  }

  /** Breaks the line of the JSON client. */
  cut(forMs: number): void {
    this.#plain.json?.cut(forMs);
  }

  /** Returns why it was not said. */
  async say(wire: SpeakingWire, text: string): Promise<string | undefined> {
    const client = this.#plain[wire];
    if (client === undefined) return undefined;
    try {
      const [reply] = (await client.ask("say", this.#room, text)) as [Reply];
      return reply.ok ? undefined : reply.error.text;
    } catch {
      return "This guest has no line now.";
    }
  }

  #client(wire: "json" | "msgpack", codec: PlainCodec): PlainClient {
    return new PlainClient({
      url: plainUrl(location.origin),
      namespace: chatNamespace,
      auth: { name: this.#name },
      codec,
      onState: (state) => {
        this.states[wire].value = state;
      },
      onEvent: (event, args) => this.#onEvent(wire, event, args),
      onFrame: (frame) => this.#frames.add(wire, frame),
    });
  }

  #listen(): void {
    this.#events?.close();
    const events = new EventSource(sseUrl("", this.#room, this.#name));
    this.#events = events;
    const state = this.states.sse;
    state.value = "connecting";
    events.addEventListener("open", () => (state.value = "open"));
    events.addEventListener("error", () => (state.value = "lost"));
    events.addEventListener("message", ({ data, lastEventId }) => {
      this.#frames.add("sse", sseLines(data as string, lastEventId));
      const { event, data: args = [] } = JSON.parse(data as string) as Record<string, unknown>;
      if (typeof event === "string") this.#onEvent("sse", event, args as unknown[]);
    });
  }

  #onEvent(wire: GuestWire, event: string, args: readonly unknown[]): void {
    if (event === "message") this.heard.value = withHeard(this.heard.value, wire, args[0]);
  }
}
