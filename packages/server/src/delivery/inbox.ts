import { emitOutcome } from "@hawser/protocol/internal";
import { encodeEvent } from "./durable-message.ts";
import { runHandlers } from "./handler-run.ts";
import type { DeliveryFault, DeliveryRetry } from "@hawser/protocol/internal";
import type { Event } from "../socket-types.ts";
import type { Accepting, Result } from "./acceptance.ts";
import type { DeliveryCounters } from "./counters.ts";
import type { Ended, Handlers } from "./handler-run.ts";
import type { Ledger } from "./ledger.ts";
import type { Call, DeliverySession } from "./session.ts";
import type { CurrentMessage } from "./socket-delivery.ts";

/** What inboxes of one server share. */
export interface InboxServices {
  readonly ledger: Ledger;
  readonly counters: DeliveryCounters;
  readonly handlerTimeoutMs: number;
  /** What a handler has thrown. */
  report(error: unknown): void;
}

/** How long a client waits when too many messages wait here, or when the log has refused an answer. */
const retryAfterMs = 500;

/** The durable messages of one session on their way to the application, one after another. */
export class Inbox {
  /** The message that is being handled. */
  current: CurrentMessage | undefined = undefined;
  /** The socket that the session has now, or had last. */
  handlers: Handlers;
  private readonly session: DeliverySession;
  private readonly services: InboxServices;

  constructor(session: DeliverySession, handlers: Handlers, services: InboxServices) {
    this.session = session;
    this.handlers = handlers;
    this.services = services;
  }

  /** A message has come; it is answered once it has settled, also when it had before. */
  take(counter: number, sentBefore: boolean, call: Call): void {
    const { counters } = this.services;
    const offer = this.session.acceptance.offer(counter, sentBefore, call);
    switch (offer.kind) {
      case "taken":
        this.handleNext();
        break;
      case "known":
        counters.answeredAgain++;
        call.answer(offer.result);
        break;
      case "unsaved":
        this.save(counter, offer.result, []);
        break;
      case "forgotten":
        counters.answersForgotten++;
        call.answer(forgotten);
        break;
      case "overloaded":
        counters.overloaded++;
        call.answer(retryLater("OVERLOADED", retryAfterMs));
        break;
      case "outOfOrder":
        counters.outOfOrder++;
        call.answer(retryLater("OUT_OF_ORDER", undefined));
        break;
    }
  }

  private handleNext(): void {
    const message = this.session.acceptance.next();
    if (message === undefined) return;
    const { counter, redelivered } = message;
    if (redelivered) this.services.counters.redelivered++;
    this.current = { id: `${this.session.id}:${counter}`, redelivered };
    const { event } = message.call!;
    void runHandlers(this.handlers, event, this.services.handlerTimeoutMs).then((ended) =>
      this.onEnded(message, ended),
    );
  }

  private onEnded(message: Accepting<Call>, ended: Ended): void {
    const { counters } = this.services;
    const report = (error: unknown): void => this.services.report(error);
    this.current = undefined;
    if (ended.kind === "retry") {
      counters.givenBack++;
      const outcome = retryLater("RETRY", ended.retryAfterMs);
      for (const { call } of this.session.acceptance.giveBack()) call?.answer(outcome);
      return;
    }
    if (ended.kind === "failed" && ended.error !== undefined) report(ended.error);
    const { result, isFault } = resultOf(ended, report);
    if (isFault) counters.failed++;
    else counters.accepted++;
    const { counter, forgotten: old } = this.session.acceptance.settle(result);
    this.save(counter, result, old);
    this.handleNext();
  }

  /** Only what is in the log is answered: otherwise it would be handled again after a restart. */
  private save(counter: number, result: Result, old: readonly number[]): void {
    const { ledger } = this.services;
    const { acceptance } = this.session;
    ledger.save(this.session.acceptedStates(counter, result, old)).then(
      () => acceptance.saved(counter, true)?.call?.answer(result),
      () => {
        const unsaved = acceptance.saved(counter, false);
        unsaved?.call?.answer(retryLater("RETRY", retryAfterMs));
      },
    );
  }
}

function resultOf(
  ended: Exclude<Ended, { kind: "retry" }>,
  report: (error: unknown) => void,
): { result: Result; isFault: boolean } {
  if (ended.kind === "failed") return { result: faultResult(ended.fault), isFault: true };
  try {
    return { result: encodeEvent([emitOutcome.accepted, ...ended.answer]), isFault: false };
  } catch (error) {
    // What JSON cannot say.
    report(error);
    const fault = { code: "HANDLER_FAILED" as const, message: "the answer cannot be sent" };
    return { result: faultResult(fault), isFault: true };
  }
}

function faultResult(fault: DeliveryFault): Result {
  try {
    return encodeEvent([emitOutcome.failed, fault]);
  } catch {
    return encodeEvent([emitOutcome.failed, { code: fault.code, message: fault.message }]);
  }
}

function retryLater(code: DeliveryRetry["code"], afterMs: number | undefined): Result {
  const retry: DeliveryRetry = afterMs === undefined ? { code } : { code, retryAfterMs: afterMs };
  return encodeEvent([emitOutcome.retry, retry]);
}

const forgotten: Result = encodeEvent([
  emitOutcome.failed,
  { code: "RESULT_FORGOTTEN", message: "it was handled; its answer is no longer known" },
]);

/** What a client has put into `$emit`; undefined when it is malformed. */
export function readEmit(
  data: readonly unknown[],
  isReserved: (event: unknown) => boolean,
): { counter: number; flags: number; event: Event } | undefined {
  const [, counter, flags, ...event] = data;
  if (!Number.isSafeInteger(counter) || (counter as number) < 1) return undefined;
  if (!Number.isSafeInteger(flags)) return undefined;
  const [name] = event;
  if (typeof name !== "string" && typeof name !== "number") return undefined;
  if (isReserved(name)) return undefined;
  return { counter: counter as number, flags: flags as number, event: event as Event };
}
