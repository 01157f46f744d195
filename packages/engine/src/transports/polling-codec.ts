import { decodePayload } from "@hawser/protocol";
import type { EnginePacket } from "@hawser/protocol";
import { nodeBase64 } from "../binary-text.ts";
import type { Outgoing } from "../outgoing.ts";

/** How packets stand in the bodies of one session. */
export interface PollingCodec {
  /** Content type of an answer that is text. */
  readonly textType: string;
  /** Whether requests may be application/octet-stream. */
  readonly takesBytes: boolean;
  /** A body with the close packet, with a noop, and with both. */
  readonly close: string;
  readonly noop: string;
  readonly noopClose: string;
  /** Messages as one body, in order: text, or bytes. */
  encode(messages: readonly Outgoing[]): string | Uint8Array;
  /**
   * Reads a request's body; `bytes` when it is application/octet-stream.
   *
   * @throws ProtocolError when it is no payload
   */
  decode(body: Buffer, bytes: boolean): EnginePacket[];
}

const separator = "\x1e";

/** Bodies of Engine.IO 4: text, with binary as base64. */
export const pollingCodec4: PollingCodec = {
  textType: "text/plain; charset=UTF-8",
  takesBytes: false,
  close: "1",
  noop: "6",
  noopClose: `6${separator}1`,
  encode(messages) {
    let text = "";
    for (const [index, message] of messages.entries()) {
      text += index === 0 ? message.pollingText : separator + message.pollingText;
    }
    return text;
  },
  decode(body) {
    return decodePayload(body.toString(), undefined, nodeBase64);
  },
};
