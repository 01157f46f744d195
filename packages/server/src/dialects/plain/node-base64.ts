import { base64 } from "@hawser/protocol";
import type { Base64 } from "@hawser/protocol";

/** Base64 at the speed of Node; what comes is read by the strict rules of the protocol. */
export const nodeBase64: Base64 = {
  encode: (bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => base64.decode(text),
};
