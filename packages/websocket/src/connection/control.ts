import { controlPayloadBytesMax } from "../limits.ts";

/** The data of a ping or pong. @throws RangeError when it is longer than 125 bytes. */
export function checkControl(data: string | Uint8Array): string | Uint8Array {
  const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
  if (bytes > controlPayloadBytesMax) {
    throw new RangeError(
      `the data of a ping or pong is at most ${controlPayloadBytesMax} bytes, not ${bytes}`,
    );
  }
  return data;
}
