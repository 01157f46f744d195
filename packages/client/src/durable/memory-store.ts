import type { OpenOutbox, OutboxStore } from "./store.ts";

/** Keeps the outbox as long as the page or the process lives, and no longer. */
export const memoryStore: OutboxStore = {
  open: async (): Promise<OpenOutbox> => ({
    state: undefined,
    entries: [],
    save() {},
    close() {},
  }),
};
