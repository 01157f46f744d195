import { strictBase64 } from "@hawser/protocol";
import type { Base64 } from "@hawser/protocol";

/** Base64 by Node's own code, as strict as the pure one. */
export const nodeBase64: Base64 = strictBase64({
  encode: (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
});

/** A binary message as a packet of a polling body. */
export function textOfBinary(bytes: Uint8Array): string {
  return `b${nodeBase64.encode(bytes)}`;
}
