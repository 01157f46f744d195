// permessage-deflate as a peer does it (RFC 7692, section 7.2), by node:zlib's synchronous calls: what is carried over from
// message to message is given back as a dictionary. Nothing of the package under test.
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

const tail = Buffer.of(0x00, 0x00, 0xff, 0xff);
const windowBytesMax = 32_768;

/** What was agreed on, seen from the peer. */
export interface Agreement {
  /** Whether the peer refers back to earlier messages, and with how large a window. */
  readonly sendsContext: boolean;
  readonly sendBits: number;
  /** Whether the subject does. */
  readonly receivesContext: boolean;
  readonly receiveBits: number;
}

/** The end of what went before, as much as a window holds. */
function carry(history: Buffer, message: Buffer, bits: number): Buffer {
  const window = Math.min(2 ** bits, windowBytesMax);
  return Buffer.concat([history, message]).subarray(-window);
}

export class Compression {
  readonly agreement: Agreement;
  #sent: Buffer = Buffer.alloc(0);
  #received: Buffer = Buffer.alloc(0);

  constructor(agreement: Agreement) {
    this.agreement = agreement;
  }

  compress(message: Buffer): Buffer {
    const { sendsContext, sendBits } = this.agreement;
    const options = {
      windowBits: Math.max(9, sendBits),
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#sent.length > 0 ? { dictionary: this.#sent } : {}),
    };
    const deflated = deflateRawSync(message, options);
    if (sendsContext) this.#sent = carry(this.#sent, message, sendBits);
    if (!deflated.subarray(-4).equals(tail)) throw new Error("no empty block at the end");
    return deflated.subarray(0, -4);
  }

  /** Strict about the window: what refers back farther than was agreed on cannot be inflated. */
  decompress(deflated: Buffer): Buffer {
    const { receivesContext, receiveBits } = this.agreement;
    const message = inflateRawSync(Buffer.concat([deflated, tail]), {
      windowBits: receiveBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#received.length > 0 ? { dictionary: this.#received } : {}),
    });
    if (receivesContext) this.#received = carry(this.#received, message, receiveBits);
    return message;
  }
}
