import { isUtf8 } from "node:buffer";

/** Checked UTF-8 to a string. ASCII is the same in latin1, which is the cheaper road. */
export function decodeText(bytes: Buffer, start: number, end: number, ascii: boolean): string {
  return bytes.toString(ascii ? "latin1" : "utf8", start, end);
}

/** Whether `bytes[start, end)` is valid UTF-8 as a whole. */
export function isWholeUtf8(bytes: Buffer, start: number, end: number): boolean {
  return isUtf8(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
}

/** From here on the native check, which needs a view, is cheaper than a loop. */
const nativeWorthBytes = 64;

/**
 * UTF-8 that comes in pieces. An invalid byte is found in the piece that holds it, even when the character it belongs
 * to began in an earlier one (RFC 6455, section 8.1; the byte ranges are those of RFC 3629, section 4).
 */
export class Utf8Checker {
  /** Continuation bytes that the current character still needs. */
  private missing = 0;
  /** What the next continuation byte may be; narrower than 80..BF right after E0, ED, F0 and F4. */
  private low = 0x80;
  private high = 0xbf;

  /** Whether the bytes so far end between two characters. */
  get complete(): boolean {
    return this.missing === 0;
  }

  /** Whether the bytes so far, with these, can be the start of valid UTF-8. */
  push(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < nativeWorthBytes) return this.step(bytes, start, end);
    let from = start;
    while (this.missing > 0 && from < end) {
      if (!this.step(bytes, from, from + 1)) return false;
      from++;
    }
    // The tail is stepped through, since a character may be cut there: back to the last lead byte of the last three.
    let to = end;
    while (to > from && to > end - 3 && ((bytes[to - 1] as number) & 0xc0) === 0x80) to--;
    if (to > from && (bytes[to - 1] as number) >= 0xc0) to--;
    else to = end;
    return isUtf8(bytes.subarray(from, to)) && this.step(bytes, to, end);
  }

  private step(bytes: Buffer, start: number, end: number): boolean {
    let { missing, low, high } = this;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (missing > 0) {
        if (byte < low || byte > high) return false;
        missing--;
        low = 0x80;
        high = 0xbf;
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4) return false;
        missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        if (byte === 0xe0) low = 0xa0;
        else if (byte === 0xed) high = 0x9f;
        else if (byte === 0xf0) low = 0x90;
        else if (byte === 0xf4) high = 0x8f;
      }
    }
    this.missing = missing;
    this.low = low;
    this.high = high;
    return true;
  }
}
