import { WebSocketError } from "../errors.ts";
import type { SharedMessage } from "../connection/extension.ts";
import { BINARY, FIN, headerBytes, TEXT } from "../frame/header.ts";
import { frame } from "../frame/writer.ts";
import { isBlob, payloadBytes, toPayload } from "./payload.ts";
import type { SendData } from "./payload.ts";

/** How a message is prepared. */
export interface PrepareOptions {
  /** Binary or text. Default: text for a string or a number, binary for everything else. */
  binary?: boolean | undefined;
}

/** What a prepared message holds: shared by all who send it, so it does not change. */
export interface Prepared extends SharedMessage {
  /** First byte of its frame: FIN and opcode. */
  readonly first: number;
  /** Its frame, as a server sends it. */
  readonly frame: Buffer;
}

/** A message that is framed once and sent to any number of sockets. Made by `prepare`, opaque otherwise. */
export class PreparedMessage {
  private readonly content: Prepared;

  constructor(content: Prepared) {
    this.content = content;
  }

  /** Whether it is binary. */
  get isBinary(): boolean {
    return this.content.first === (FIN | BINARY);
  }

  /** Bytes of the message. */
  get byteLength(): number {
    return this.content.payload.byteLength;
  }
}

/**
 * Frames a message once, to be sent many times: `socket.send(prepared)`, or `server.publish(prepared)`. Its bytes are
 * copied, so that the buffer may be used again.
 *
 * @throws WebSocketError `WS_ARGUMENT` for a Blob, which has to be read first; TypeError for what cannot be sent.
 * @example
 * const tick = prepare(JSON.stringify(prices));
 * for (const socket of subscribers) socket.send(tick);
 */
export function prepare(
  data: Exclude<SendData, Blob>,
  options: PrepareOptions = {},
): PreparedMessage {
  if (isBlob(data)) throw new WebSocketError("WS_ARGUMENT", "a Blob cannot be prepared");
  const payload = toPayload(data);
  const binary = options.binary ?? typeof payload !== "string";
  const first = FIN | (binary ? BINARY : TEXT);
  const framed = frame(first, payload, 0);
  const bytes = framed.subarray(headerBytes(payloadBytes(payload)));
  return new PreparedMessage({ first, frame: framed, payload: bytes, encodings: [] });
}

/** What stands behind a prepared message, for those who send it. */
export function contentOf(message: PreparedMessage): Prepared {
  return message["content"];
}
