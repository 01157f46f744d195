import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import type { ZlibOptions } from "node:zlib";
import type { DeflateConfig } from "./options.ts";
import { ZlibJob } from "./zlib-queue.ts";
import type { ZlibResult } from "./zlib-queue.ts";

/** A flush ends with an empty block; its last four bytes do not go out with a message (RFC 7692, section 7.2.1). */
const tailBytes = 4;
/** zlib refers back by at most its window less this (its MIN_LOOKAHEAD: the longest match, the shortest, and one). */
const lookaheadBytes = 262;
const chunkBytesMin = 256;
const chunkBytesMax = 65_536;

/** How one payload is compressed. */
export interface Deflating {
  readonly config: DeflateConfig;
  /** At most this window, 8 to 15. */
  readonly windowBits: number;
  /** What the payload may refer back to. */
  readonly dictionary: Buffer | undefined;
  /** Whether it ends a message. */
  readonly ends: boolean;
}

/** Compresses a payload at once. */
export function deflateNow(payload: Uint8Array, how: Deflating): Buffer {
  const bytes = deflateRawSync(payload, zlibOptions(payload.length, how));
  return how.ends ? bytes.subarray(0, -tailBytes) : bytes;
}

/** Compresses a payload in a thread. */
export function deflateLater(
  payload: Uint8Array,
  how: Deflating,
  done: (result: Buffer | Error) => void,
): ZlibJob {
  return new ZlibJob({
    input: payload,
    bytesMax: Infinity,
    concurrencyMax: how.config.concurrencyMax,
    open: () => createDeflateRaw(zlibOptions(payload.length, how)),
    done: (result: ZlibResult) => {
      if (result === "too long") done(new RangeError(result));
      else if ("error" in result) done(result.error);
      else done(how.ends ? result.bytes.subarray(0, -tailBytes) : result.bytes);
    },
  });
}

function zlibOptions(payloadBytes: number, how: Deflating): ZlibOptions {
  const { config, dictionary } = how;
  const reach = payloadBytes + (dictionary?.length ?? 0) + lookaheadBytes;
  // A window beyond what there is to refer to would only cost: zlib clears it, and the tables that belong to it.
  const needed = 32 - Math.clz32(reach - 1);
  // zlib has no window of 8 bits: see `smallestWindowHolds`.
  const windowBits = Math.max(9, Math.min(needed, how.windowBits));
  const options: ZlibOptions = {
    chunkSize: Math.min(chunkBytesMax, Math.max(chunkBytesMin, payloadBytes + 64)),
    memLevel: Math.min(8, windowBits - 7),
    ...config.zlibDeflate,
    windowBits,
    flush: constants.Z_NO_FLUSH,
    finishFlush: constants.Z_SYNC_FLUSH,
  };
  if (dictionary !== undefined) options.dictionary = dictionary;
  return options;
}

let holds: boolean | undefined = undefined;

/**
 * Whether what zlib makes can be inflated with a window of 256 bytes (8 bits). zlib takes a window of 512 bytes in its
 * place, but refers back by 250 at most, since it keeps `lookaheadBytes` of it free. This asks the zlib that is there,
 * once: a repetition 257 bytes back must not be found.
 */
export function smallestWindowHolds(): boolean {
  if (holds === undefined) {
    let seed = 1;
    const noise = Uint8Array.from({ length: 257 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed >>> 24;
    });
    const twice = Buffer.concat([noise, noise]);
    holds = deflateRawSync(twice, { windowBits: 9, level: 9 }).length > twice.length * 0.9;
  }
  return holds;
}
