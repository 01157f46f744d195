import type { Base64 } from "@hawser/protocol";
import type { BinaryKind, RawData } from "../transports/transport.ts";

/** How a platform handles bytes; `#bytes` resolves to the one at hand. */
export interface Bytes {
  /** How binary is handed to users unless they say otherwise. */
  binaryType: BinaryKind;
  base64: Base64;
  /** Decoded bytes in the form that users get. */
  toBinary(bytes: Uint8Array, kind: BinaryKind): RawData;
}

/** Browsers, React Native and workers. */
export const bytes: Bytes = {
  binaryType: "arraybuffer",
  base64: {
    encode(data) {
      let binary = "";
      for (const byte of data) binary += String.fromCharCode(byte);
      return btoa(binary);
    },
    decode: (text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0)),
  },
  toBinary: (data, kind) =>
    kind === "blob" ? new Blob([data as Uint8Array<ArrayBuffer>]) : (data.buffer as ArrayBuffer),
};
