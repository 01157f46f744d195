// A page that reads its rooms as Server-Sent Events, and recovers as a browser does: by the id of what it heard last.
import { SseClient } from "../support/sse-client.ts";
import { randomOf } from "../support/random.ts";
import { lastWord, roomsOf } from "./world.ts";
import type { Plain } from "../support/plain-client.ts";
import type { Random } from "../support/random.ts";
import type { Recorder } from "./history.ts";
import type { ClientsPlan, Page } from "./world.ts";

/** Nothing has come for so long, not even a heartbeat: the line is dead. */
const silenceMs = 1_500;
const lookMs = 50;
const backoffMs = 150;

export class SsePage implements Page {
  readonly idle = true;
  readonly #name: string;
  readonly #page: number;
  readonly #url: string;
  readonly #path: string;
  readonly #history: Recorder;
  readonly #random: Random;
  readonly #awaited: Set<string>;
  #lastEventId = "";
  #stream: SseClient | undefined;

  constructor(plan: ClientsPlan, client: ClientsPlan["clients"][number], history: Recorder) {
    this.#name = client.name;
    this.#page = client.page;
    this.#url = plan.url;
    this.#history = history;
    this.#random = randomOf(plan.seed + Number(client.name.slice(1)));
    this.#awaited = new Set(roomsOf(client.name));
    const rooms = roomsOf(client.name).map((room) => `room=${room}`);
    this.#path = `/hawser/sse?${rooms.join("&")}&token=${client.name}`;
  }

  open(): void {
    this.#history.record({ kind: "page", client: this.#name, page: this.#page, outbox: [] });
    void this.#read();
  }

  calm(): void {}

  get heardAll(): boolean {
    return this.#awaited.size === 0;
  }

  toString(): string {
    const state = this.#stream === undefined ? "away" : "reading";
    return `${this.#name} (sse): ${state} at ${this.#lastEventId}, waits for ${[...this.#awaited].join(" ")}`;
  }

  /** For ever: one stream after the other. */
  async #read(): Promise<void> {
    const headers = this.#lastEventId === "" ? {} : { "Last-Event-ID": this.#lastEventId };
    try {
      const hear = (message: Plain): void => this.#hear(message);
      this.#stream = await SseClient.open(this.#url, this.#path, headers, hear);
      if (this.#stream.status === 200) await this.#followed(this.#stream);
      else console.error(`${this.#name}: ${this.#stream.status} ${this.#stream.body}`);
      this.#lastEventId = this.#stream.lastEventId || this.#lastEventId;
      this.#stream.close();
    } catch {
      // The line broke before its head had come.
    }
    this.#stream = undefined;
    setTimeout(() => void this.#read(), this.#random(backoffMs));
  }

  /** Resolves when the stream has ended, or is silent. */
  async #followed(stream: SseClient): Promise<void> {
    let bytes = -1;
    let changedAt = performance.now();
    while (!stream.closed && performance.now() - changedAt < silenceMs) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      if (stream.bytes === bytes) continue;
      bytes = stream.bytes;
      changedAt = performance.now();
    }
  }

  #hear(message: Plain): void {
    const client = this.#name;
    if (message["event"] === "said") {
      const [{ room, id }] = message["data"] as [{ room: string; id: string }];
      this.#history.record({ kind: "heard", client, room, id });
      if (id.startsWith(lastWord)) this.#awaited.delete(room);
    } else if ("reset" in message) {
      const { reason, room } = message["reset"] as { reason: string; room?: string };
      this.#history.record({ kind: "reset", client, reason, room });
    }
  }
}
