import { createHash, randomUUID } from "node:crypto";
import type { Member } from "../../shared/chat/events.ts";
import { cleanName } from "../../shared/chat/clean-text.ts";
import { limits } from "../../shared/chat/limits.ts";
import type { Wire } from "../../shared/chat/wire.ts";
import { Refusal } from "./refusal.ts";

/** The person behind a page. Throws a Refusal when secret or name is not acceptable. */
export function memberOfAuth(auth: Record<string, unknown>): Member {
  const secret = auth["secret"];
  const name = cleanName(auth["name"]);
  if (
    typeof secret !== "string" ||
    secret.length < limits.secretCharsMin ||
    secret.length > limits.secretCharsMax
  ) {
    throw new Refusal("bad-secret");
  }
  if (name === undefined) throw new Refusal("bad-name");
  return { id: publicId(secret), name };
}

/** Somebody without a page: named as they say, and, without a secret, somebody else with each connection. */
export function guestOfAuth(auth: Record<string, unknown>, wire: Wire): Member {
  const { secret = randomUUID(), name = auth["token"] ?? "Guest" } = auth;
  return { ...memberOfAuth({ secret, name }), wire };
}

// One way: others see the id, and cannot find the secret that makes it.
function publicId(secret: string): string {
  return createHash("sha256")
    .update(`hawser chat member\n${secret}`)
    .digest("base64url")
    .slice(0, 16);
}
