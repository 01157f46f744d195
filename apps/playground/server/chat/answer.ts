import type { Reply } from "../../shared/chat/events.ts";
import { LaterError } from "./later-error.ts";
import { Refusal } from "./refusal.ts";

/**
 * Does the work and answers with what it returned, or with why it was refused.
 * Nothing that a page sends may throw past this point but LaterError; a fault of our own is printed.
 */
export async function answerWith(
  answer: unknown,
  work: () => object | Promise<object>,
): Promise<void> {
  const reply = await replyOf(work);
  if (typeof answer === "function") answer(reply);
}

async function replyOf(work: () => object | Promise<object>): Promise<Reply> {
  try {
    return { ok: true, ...(await work()) };
  } catch (error) {
    if (error instanceof LaterError) throw error;
    if (error instanceof Refusal) return { ok: false, error: error.toChatError() };
    console.error("chat:", error);
    return { ok: false, error: new Refusal("failed").toChatError() };
  }
}
