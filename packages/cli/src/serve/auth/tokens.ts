import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal, tokenOf } from "./identity.ts";
import type { TokensConfig } from "../config/types.ts";
import type { Authenticate, Identity } from "./identity.ts";

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** A list of tokens, each as itself or as `sha256:<hex>`. They are compared in constant time. */
export function byTokens({ tokens }: TokensConfig): Authenticate {
  const entries = Object.entries(tokens).map(([token, { user, data = {}, rooms = [] }]) => {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(token)?.[1];
    const identity: Identity = { user, data, rooms };
    return { digest: hex === undefined ? digestOf(token) : Buffer.from(hex, "hex"), identity };
  });
  return async ({ handshake }) => {
    const digest = digestOf(tokenOf(handshake));
    let found: Identity | undefined;
    for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found = entry.identity;
    if (!found) throw new Refusal("the token is not known", "TOKEN_UNKNOWN");
    return found;
  };
}
