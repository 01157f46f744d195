import { signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Message } from "../../../../../shared/chat/events.ts";
import type { Wire } from "../../../../../shared/chat/wire.ts";

/** What came over a wire, as people look at it. */
export interface Frame {
  readonly bytes: number;
  /** The text itself, or hexadecimal for binary. */
  readonly shown: string;
  /** What is searched in. */
  readonly text: string;
}

type Frames = Readonly<Partial<Record<Wire, readonly Frame[]>>>;

/** The event's name: in an object, in an array, and behind what durable delivery puts before it. */
const carriesMessage = /event\W{1,3}message|\["message"|"\$durable",\d+,"message"/;
const keptPerWire = 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The newest frames of each wire, as they came. */
export class FrameBook {
  readonly #frames: Signal<Frames> = signal({});

  get frames(): ReadonlySignal<Frames> {
    return this.#frames;
  }

  /** Only what carries a message of the chat: there is more on a line than that. */
  add(wire: Wire, raw: string | ArrayBuffer): void {
    const frame = frameOf(raw);
    if (!carriesMessage.test(frame.text)) return;
    const frames = [frame, ...(this.#frames.value[wire] ?? [])].slice(0, keptPerWire);
    this.#frames.value = { ...this.#frames.value, [wire]: frames };
  }

  forget(wire: Wire): void {
    this.#frames.value = { ...this.#frames.value, [wire]: [] };
  }

  /** The frame of a wire in which the message came, when it is among the newest. */
  find(wire: Wire, { author, key, text }: Message): Frame | undefined {
    // What was published has no key of the chat.
    const isPublished = author.wire === "http";
    const needles = isPublished ? [text, JSON.stringify(text).slice(1, -1)] : [key];
    return this.#frames.value[wire]?.find((frame) =>
      needles.some((needle) => frame.text.includes(needle)),
    );
  }
}

export function frameOf(raw: string | ArrayBuffer): Frame {
  if (typeof raw === "string")
    return { bytes: encoder.encode(raw).byteLength, shown: raw, text: raw };
  return { bytes: raw.byteLength, shown: hexOf(new Uint8Array(raw)), text: decoder.decode(raw) };
}

/** An event of an EventSource, as it stood in the stream. */
export function sseLines(data: string, id: string): string {
  const lines = data.split("\n").map((line) => `data: ${line}\n`);
  return `${id === "" ? "" : `id: ${id}\n`}${lines.join("")}\n`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
