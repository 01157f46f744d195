// A page with npm's own client, unmodified: it listens, and knows of recovery what its protocol tells it.
import { io } from "socket.io-client";
import { randomOf } from "../support/random.ts";
import { lastWord, roomsOf } from "./world.ts";
import type { Socket } from "socket.io-client";
import type { Recorder } from "./history.ts";
import type { ClientsPlan, Page } from "./world.ts";

export class RecoveryPage implements Page {
  readonly #name: string;
  readonly #page: number;
  readonly #history: Recorder;
  readonly #socket: Socket;
  readonly #awaited: Set<string>;
  #connects = 0;

  constructor(plan: ClientsPlan, client: ClientsPlan["clients"][number], history: Recorder) {
    this.#name = client.name;
    this.#page = client.page;
    this.#history = history;
    this.#awaited = new Set(roomsOf(client.name));
    const random = randomOf(plan.seed + client.page);
    this.#socket = io(plan.url, {
      autoConnect: false,
      forceNew: true,
      auth: { client: client.name },
      transports: random(3) === 0 ? ["polling", "websocket"] : ["websocket"],
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
      timeout: 1_000,
    });
  }

  open(): void {
    const client = this.#name;
    this.#history.record({ kind: "page", client, page: this.#page, outbox: [] });
    this.#socket.on("said", ({ room, id }: { room: string; id: string }) => {
      this.#history.record({ kind: "heard", client, room, id });
      if (id.startsWith(lastWord)) this.#awaited.delete(room);
    });
    this.#socket.on("connect", () => {
      this.#connects++;
      if (this.#connects === 1) return;
      const { recovered } = this.#socket;
      this.#history.record({ kind: "reconnected", client, recovered });
      if (!recovered) this.#history.record({ kind: "reset", client, reason: "session" });
    });
    this.#socket.connect();
  }

  calm(): void {}

  readonly idle = true;

  get heardAll(): boolean {
    return this.#awaited.size === 0;
  }

  toString(): string {
    const state = this.#socket.connected ? "connected" : "away";
    return `${this.#name}: ${state}, waits for ${[...this.#awaited].join(" ")}`;
  }
}
