import type { DeliveryError } from "@hawser/client/durable";
import type { Draft, Message, Reply } from "../../../../../shared/chat/events.ts";
import type { ChatSocket } from "./chat-requests.ts";
import { entryOfDraft } from "./outbox-entry.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

type SendReply = Reply<{ message: Message }>;

export interface OutboxHandler {
  isOpen: () => boolean;
  onStored: (message: Message) => void;
  onChange: () => void;
}

interface Failure {
  readonly draft: Draft;
  readonly error: string;
}

/**
 * Messages on their way out: those of the socket's durable outbox, which keeps, orders and repeats them, and those that the
 * server has refused, until their author has decided what becomes of them.
 */
export class Outbox {
  readonly #socket: ChatSocket;
  readonly #handler: OutboxHandler;
  /** Keys of the messages whose fate is followed. */
  readonly #followed: Set<string> = new Set();
  #failures: readonly Failure[] = [];

  constructor(socket: ChatSocket, handler: OutboxHandler) {
    this.#socket = socket;
    this.#handler = handler;
    socket.outbox.on("change", () => this.#onChange());
    void socket.outbox.ready.then(() => this.#onChange());
  }

  /** The oldest first. */
  get entries(): readonly OutboxEntry[] {
    const state = this.#handler.isOpen() ? "sending" : "waiting";
    return [
      ...this.#failures.map(({ draft, error }) => entryOfDraft(draft, "failed", error)),
      ...this.#drafts.map((draft) => entryOfDraft(draft, state)),
    ];
  }

  add(draft: Draft): void {
    this.#followed.add(draft.key);
    void this.#follow(draft, this.#socket.durable.emit("send", draft));
  }

  /** Once more, after a failure. */
  retry(key: string): void {
    const failure = this.#failures.find(({ draft }) => draft.key === key);
    if (failure === undefined) return;
    this.#forgetFailure(key);
    this.add({ ...failure.draft, again: true });
  }

  /** Takes it back, as long as the server cannot have it. */
  discard(key: string): void {
    this.#forgetFailure(key);
    const kept = this.#socket.outbox.entries.find(({ args }) => (args[0] as Draft).key === key);
    if (kept?.state === "waiting") this.#socket.outbox.cancel(kept.id);
  }

  /** The bytes of the picture of a message that is on its way. */
  picture(key: string): Blob | undefined {
    const drafts = [...this.#drafts, ...this.#failures.map(({ draft }) => draft)];
    const draft = drafts.find((other) => other.key === key);
    if (draft?.picture === undefined) return undefined;
    const { type = "" } = entryOfDraft(draft, "waiting").picture ?? {};
    return new Blob([draft.picture.bytes as ArrayBuffer], { type });
  }

  get #drafts(): Draft[] {
    return this.#socket.outbox.entries.map(({ args }) => args[0] as Draft);
  }

  // Also those that an earlier page has left behind.
  #onChange(): void {
    for (const { args, settled } of this.#socket.outbox.entries) {
      const draft = args[0] as Draft;
      if (this.#followed.has(draft.key)) continue;
      this.#followed.add(draft.key);
      void this.#follow(draft, settled as Promise<SendReply>);
    }
    this.#handler.onChange();
  }

  async #follow(draft: Draft, settled: Promise<SendReply>): Promise<void> {
    try {
      const reply = await settled;
      if (reply.ok) this.#handler.onStored(reply.message);
      else this.#fail(draft, reply.error.text);
    } catch (error) {
      this.#onError(draft, error as DeliveryError);
    }
  }

  #onError(draft: Draft, { code, message }: DeliveryError): void {
    // Taken back, or handled: then it is in the history.
    if (code === "CANCELLED" || code === "RESULT_FORGOTTEN") return;
    // It may be there or not; the server looks for its key before it stores it.
    if (code === "SESSION_LOST") this.add({ ...draft, again: true });
    else this.#fail(draft, `${message}.`);
  }

  #fail(draft: Draft, error: string): void {
    this.#failures = [...this.#failures, { draft, error }];
    this.#handler.onChange();
  }

  #forgetFailure(key: string): void {
    this.#failures = this.#failures.filter(({ draft }) => draft.key !== key);
    this.#handler.onChange();
  }
}
