import { Buffer } from "node:buffer";
import { strictBase64 } from "@hawser/protocol";
import type { Bytes } from "./bytes.ts";

/** Node.js, and what has its modules: Bun and Deno. */
export const bytes: Bytes = {
  binaryType: "nodebuffer",
  base64: strictBase64({
    encode: (data) => view(data).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  }),
  toBinary(data, kind) {
    if (kind === "nodebuffer") return view(data);
    const copy = new Uint8Array(data);
    return kind === "blob" ? new Blob([copy]) : copy.buffer;
  },
};

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
