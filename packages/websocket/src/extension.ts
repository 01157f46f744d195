/**
 * What an extension does to messages on their way in (RFC 6455, section 9). The machine knows no extension by name: it
 * accepts the reserved bits that the negotiated one claims, and hands it each message that carries them.
 */
export interface MessageDecoder {
  /** Reserved bits, as in the first byte of a frame, that the first frame of a data message may carry. */
  readonly reservedBits: number;
  /**
   * Decodes a complete message. `done` is called once, now or later; until then the machine reads nothing more, so
   * messages stay in order. Decoding stops with an error as soon as the result exceeds `bytesMax`.
   */
  decode(payload: Buffer, bytesMax: number, done: (result: Buffer | DecodeFailure) => void): void;
}

/** Why a message could not be decoded: the bytes are wrong, or it is longer than allowed. */
export type DecodeFailure = "WS_EXTENSION_DATA" | "WS_PAYLOAD_TOO_BIG";
