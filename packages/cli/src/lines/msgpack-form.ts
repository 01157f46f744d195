import { decodePlainMsgpack, encodePlainMsgpack } from "@hawser/protocol";
import type { PlainForm } from "./plain-client.ts";

/** One MessagePack map in a binary frame. */
export function msgpackForm(): PlainForm {
  return {
    protocol: "hawser.v1.msgpack",
    write: (message) => [encodePlainMsgpack(message)],
    read: (frame, isBinary) => (isBinary ? decodePlainMsgpack(frame, "server") : undefined),
  };
}
