import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 144 bits: whoever knows it is given what the session has missed. */
const secretBytes = 18;

/** An id or secret that nobody can guess. */
export function makeSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

/** What is kept of a secret. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/**
 * The secrets of one session. Each CONNECT is answered with a new one; the one before stays good until the new one
 * has been used, since the answer may have been lost. Only hashes are kept.
 */
export class Secrets {
  /** The newest that was given out. */
  hash: string;
  /** The one that was used last; absent when the newest has been used. */
  previous: string | undefined;

  constructor(hash: string, previous: string | undefined) {
    this.hash = hash;
    this.previous = previous;
  }

  /** Whether a secret opens the session; takes the same time whatever is wrong with it. */
  opens(secret: string): boolean {
    const given = Buffer.from(hashSecret(secret));
    const isNewest = timingSafeEqual(given, Buffer.from(this.hash));
    const isPrevious = timingSafeEqual(given, Buffer.from(this.previous ?? this.hash));
    return isNewest || isPrevious;
  }

  /** Gives a new secret to somebody who has shown `used`. */
  rotate(used: string): string {
    const secret = makeSecret();
    this.previous = hashSecret(used);
    this.hash = hashSecret(secret);
    return secret;
  }
}
