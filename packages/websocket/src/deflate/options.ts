import { createDeflateRaw, createInflateRaw } from "node:zlib";
import type { ZlibOptions } from "node:zlib";
import { deflateConcurrencyMax, deflateThresholdBytes } from "../limits.ts";
import { WebSocketError } from "../errors.ts";

/**
 * How messages are compressed (permessage-deflate, RFC 7692). Each side sets what it wants; the handshake settles it.
 * All options may be left out.
 */
export interface PerMessageDeflateOptions {
  /**
   * Whether the server compresses each message on its own. On a server: true for all, false refuses clients that demand
   * it. On a client: true demands it. Default: as the other side wishes.
   */
  serverNoContextTakeover?: boolean | undefined;
  /**
   * Whether the client compresses each message on its own. On a server: true demands it of all, false never does. On a
   * client: true does so, false fails the handshake when the server demands it. Default: as the other side wishes.
   */
  clientNoContextTakeover?: boolean | undefined;
  /**
   * Bits of the window that the server compresses with, 8 to 15; `2 ** bits` bytes are what it can refer back to. On a
   * server: at most so many, false refuses clients that ask for fewer. On a client: demands at most so many. Default:
   * as the other side wishes.
   */
  serverMaxWindowBits?: number | boolean | undefined;
  /**
   * Bits of the window that the client compresses with, 8 to 15. On a server: demands at most so many, and declines to
   * compress with clients that cannot be told; true takes what the client proposes, false leaves it to the client. On a
   * client: uses at most so many; false fails the handshake when the server demands fewer. Default: as the other side
   * wishes.
   */
  clientMaxWindowBits?: number | boolean | undefined;
  /**
   * Options of node:zlib for what is sent: `level`, `memLevel`, `strategy`, `chunkSize`. `windowBits` (9 to 15) is how
   * far every message may refer back, within what was negotiated. Default: 4 KiB, or twice the size of the message.
   */
  zlibDeflateOptions?: ZlibOptions | undefined;
  /** Options of node:zlib for what is received: `chunkSize`. */
  zlibInflateOptions?: ZlibOptions | undefined;
  /**
   * Bytes from which on a message is compressed. Default 1024 where each message is compressed on its own, and 0 where
   * it can refer back to earlier ones.
   */
  threshold?: number | undefined;
  /** How many messages the whole process works on at a time, in threads. Default 10. */
  concurrencyLimit?: number | undefined;
  /**
   * Compresses each message on its own in both directions, so that a connection holds no memory for compression at all.
   * Stands for `serverNoContextTakeover` and `clientNoContextTakeover`. Default false.
   */
  shared?: boolean | undefined;
}

/** Options that were checked, with the defaults that do not depend on the handshake. */
export interface DeflateConfig {
  readonly serverNoContextTakeover: boolean | undefined;
  readonly clientNoContextTakeover: boolean | undefined;
  readonly serverMaxWindowBits: number | false | undefined;
  readonly clientMaxWindowBits: number | boolean | undefined;
  readonly zlibDeflate: ZlibOptions;
  readonly zlibInflate: ZlibOptions;
  /** Undefined: not set. */
  readonly thresholdBytes: number | undefined;
  readonly concurrencyMax: number;
}

/** RFC 7692, section 7.1.2: the windows that may be negotiated. */
export const windowBitsMin = 8;
export const windowBitsMax = 15;

/** From how many bytes on a message is compressed. */
export function thresholdOf(config: DeflateConfig, takesContextOver: boolean): number {
  return config.thresholdBytes ?? (takesContextOver ? 0 : deflateThresholdBytes);
}

/**
 * Checks the options.
 *
 * @throws WebSocketError `WS_ARGUMENT`, which names the option and what it can be.
 */
export function checkDeflateOptions(options: PerMessageDeflateOptions): DeflateConfig {
  if (typeof options !== "object" || options === null) {
    throw wrong(" must be true, false or an object", options);
  }
  const { shared } = options;
  flag("shared", shared);
  return {
    serverNoContextTakeover: takeover("serverNoContextTakeover", options),
    clientNoContextTakeover: takeover("clientNoContextTakeover", options),
    serverMaxWindowBits: withoutTrue(windowBits("serverMaxWindowBits", options)),
    clientMaxWindowBits: windowBits("clientMaxWindowBits", options),
    zlibDeflate: zlibOptions("zlibDeflateOptions", options),
    zlibInflate: zlibOptions("zlibInflateOptions", options),
    thresholdBytes: count("threshold", options, 0),
    concurrencyMax: count("concurrencyLimit", options, 1) ?? deflateConcurrencyMax,
  };
}

function wrong(text: string, value: unknown): WebSocketError {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new WebSocketError("WS_ARGUMENT", `perMessageDeflate${text}, not ${shown}`);
}

function flag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw wrong(`.${name} must be true or false`, value);
}

type TakeoverKey = "serverNoContextTakeover" | "clientNoContextTakeover";

function takeover(name: TakeoverKey, options: PerMessageDeflateOptions): boolean | undefined {
  const value = options[name];
  flag(name, value);
  if (options.shared !== true) return value;
  if (value === false) throw wrong(`.${name} must be true or left out where shared is set`, value);
  return true;
}

type BitsKey = "serverMaxWindowBits" | "clientMaxWindowBits";

function windowBits(
  name: BitsKey,
  options: PerMessageDeflateOptions,
): number | boolean | undefined {
  const value = options[name];
  // Some configurations written for others say null.
  if (value === undefined || value === null || typeof value === "boolean")
    return value ?? undefined;
  if (Number.isInteger(value) && value >= windowBitsMin && value <= windowBitsMax) return value;
  throw wrong(
    `.${name} must be an integer from ${windowBitsMin} to ${windowBitsMax}, or a boolean`,
    value,
  );
}

/** True says no more than nothing does. */
function withoutTrue(value: number | boolean | undefined): number | false | undefined {
  return value === true ? undefined : value;
}

function count(
  name: "threshold" | "concurrencyLimit",
  options: PerMessageDeflateOptions,
  least: number,
): number | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= least) return value;
  throw wrong(`.${name} must be a number from ${least} on`, value);
}

function zlibOptions(
  name: "zlibDeflateOptions" | "zlibInflateOptions",
  options: PerMessageDeflateOptions,
): ZlibOptions {
  const given = options[name];
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null) throw wrong(`.${name} must be an object`, given);
  if (given.dictionary !== undefined) {
    throw new WebSocketError(
      "WS_ARGUMENT",
      `perMessageDeflate.${name}.dictionary: RFC 7692 has no preset dictionary, the peer could not know it`,
    );
  }
  try {
    // Node's own check, with its own words.
    (name === "zlibDeflateOptions" ? createDeflateRaw : createInflateRaw)(given).close();
  } catch (cause) {
    const text = `perMessageDeflate.${name}: ${(cause as Error).message}`;
    throw new WebSocketError("WS_ARGUMENT", text, { cause });
  }
  // What else node:zlib knows is settled by the handshake, or would change what a message is.
  const { level, memLevel, strategy, chunkSize, windowBits } = given;
  const all = { level, memLevel, strategy, chunkSize, windowBits };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
