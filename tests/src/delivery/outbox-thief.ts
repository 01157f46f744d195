import type { OpenOutbox, OutboxStore, StoredState } from "@hawser/client/durable";

/** A store that gives everybody the same outbox, which no store may do: two clients then have one session. */
export class OutboxThief implements OutboxStore {
  state: StoredState | undefined;

  async open(): Promise<OpenOutbox> {
    return {
      state: this.state,
      entries: [],
      save: ({ state }) => {
        this.state = state ?? this.state;
      },
      close() {},
    };
  }
}
