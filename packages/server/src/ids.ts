import { randomFillSync } from "node:crypto";

const idBytes = 15;
const pool = Buffer.allocUnsafeSlow(idBytes * 256);
let offset = pool.length;

/** An unguessable id of 20 characters: 120 bits of the system's random source, drawn in batches. */
export function generateId(): string {
  if (offset === pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  offset += idBytes;
  return pool.toString("base64url", offset - idBytes, offset);
}
