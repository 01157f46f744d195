const slots = 256;
const keyBytesMax = 20;

/**
 * Keys of maps come again and again: their strings are kept and found by their bytes. One place for each hash, so that
 * its size is bounded, and no choice of keys makes it slower than reading them. ASCII alone.
 */
export class KeyCache {
  private readonly texts: (string | undefined)[] = Array.from({ length: slots });

  /** The text of these bytes; undefined when it is nothing to keep. */
  find(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length > keyBytesMax) return undefined;
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[start + i]!) | 0;
    const slot = (hash ^ (hash >>> 8)) & (slots - 1);
    const text = this.texts[slot];
    if (text !== undefined && text.length === length && isAt(text, bytes, start)) return text;
    return this.keep(slot, bytes, start, length);
  }

  private keep(slot: number, bytes: Uint8Array, start: number, length: number): string | undefined {
    let text = "";
    for (let i = 0; i < length; i++) {
      const unit = bytes[start + i]!;
      if (unit >= 0x80) return undefined;
      text += String.fromCharCode(unit);
    }
    this.texts[slot] = text;
    return text;
  }
}

function isAt(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
