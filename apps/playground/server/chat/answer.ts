import type { Reply } from "../../shared/chat/events.ts";
import { Refusal } from "./refusal.ts";

/**
 * Does the work and answers with what it returned, or with why it was refused.
 * Nothing that a page sends may throw past this point; a fault of our own is written to the log.
 */
export function answerWith(answer: unknown, work: () => object): void {
  const reply = replyOf(work);
  if (typeof answer === "function") answer(reply);
}

function replyOf(work: () => object): Reply {
  try {
    return { ok: true, ...work() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.toChatError() };
    console.error("chat:", error);
    return { ok: false, error: new Refusal("failed").toChatError() };
  }
}
