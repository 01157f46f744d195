import { randomFillSync } from "node:crypto";

const idBytes = 15;
const pool = Buffer.allocUnsafe(idBytes * 256);
let used = pool.length;

/** An unguessable id: 120 random bits as 20 characters of base64url. It is all that a polling request shows. */
export function makeSessionId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const end = used + idBytes;
  const id = pool.toString("base64url", used, end);
  // What was handed out is not left behind. `fill` makes more garbage than the id itself.
  while (used < end) pool[used++] = 0;
  return id;
}
