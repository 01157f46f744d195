/**
 * What an extension does to messages on their way in (RFC 6455, section 9). The machine knows no extension by name: it
 * accepts the reserved bits that the negotiated one claims, and hands it each message that carries them.
 */
export interface MessageDecoder {
  /** Reserved bits, as in the first byte of a frame, that the first frame of a data message may carry. */
  readonly reservedBits: number;
  /**
   * Decodes a complete message, which is part of a chunk. `done` is called once, before this returns or later; until
   * then the machine reads nothing more, so messages stay in order. Decoding stops with an error as soon as the result
   * exceeds `bytesMax`. Returns what is to be cancelled when nobody waits any more.
   */
  decode(
    payload: Buffer,
    bytesMax: number,
    done: (result: Buffer | DecodeFailure) => void,
  ): Work | undefined;
}

/** Why a message could not be decoded: the bytes are wrong, or it is longer than allowed. */
export type DecodeFailure = "WS_EXTENSION_DATA" | "WS_PAYLOAD_TOO_BIG";

/** What an extension does to messages on their way out. */
export interface MessageEncoder {
  /** Reserved bits that the first frame of an encoded message carries. */
  readonly reservedBits: number;
  /** Whether a message is to be encoded that is this, or begins with it. */
  wants(payload: string | Uint8Array): boolean;
  /**
   * Encodes a message that is sent in one frame. Bytes: they go out in its place. Undefined: it goes out as it is.
   * Otherwise `done` is called later with one of the two; the payload must not change until then. Messages are encoded
   * in the order in which they are sent, though their results may come in another.
   */
  encode(payload: string | Uint8Array, done: EncodeDone): Buffer | Work | undefined;
  /** Encodes the next frame of a message that is sent in several. */
  encodePiece(payload: string | Uint8Array, ends: boolean, done: EncodeDone): Buffer | Work;
  /** As `encode`, for a message that many connections send: encoded once for all that are set up alike. */
  encodeShared(message: SharedMessage, done: EncodeDone): Buffer | Work | undefined;
}

/** Told when a message is encoded: its bytes, or undefined when it goes out as it is. */
export type EncodeDone = (result: Buffer | Error | undefined) => void;

/** A message that many connections send. */
export interface SharedMessage {
  readonly payload: Uint8Array;
  /** What encoders have made of it; theirs to read and to add to. */
  readonly encodings: object[];
}

/** Something that goes on elsewhere. */
export interface Work {
  /** Ends it as soon as it can; whoever waits for it is not called. */
  cancel(): void;
}

/** An extension as it was negotiated for one connection. */
export interface Extension {
  /** The value of the `Sec-WebSocket-Extensions` header. */
  readonly header: string;
  readonly decoder: MessageDecoder;
  readonly encoder: MessageEncoder;
}
