import { decodePlainMsgpack, encodePlain } from "@hawser/protocol";

/** What a MessagePack map of the plain dialect says, as its JSON; undefined when it is none. */
export function msgpackAsText(bytes: Buffer): string | undefined {
  for (const from of ["server", "client"] as const) {
    try {
      return encodePlain(decodePlainMsgpack(bytes, from), true).text;
    } catch {
      // Not of this side, or nothing that JSON can say: then it is shown as bytes.
    }
  }
  return undefined;
}
