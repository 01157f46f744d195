const wideColumns = 84;

/** Bytes as hex and as text, 16 a line, or 8 where there is no room; what is beyond a number of bytes is counted. */
export function hexDump(bytes: Uint8Array, shownMax: number, columns: number): string[] {
  const perLine = columns >= wideColumns ? 16 : 8;
  const lines: string[] = [];
  const shown = Math.min(bytes.length, shownMax);
  for (let start = 0; start < shown; start += perLine) {
    const part = bytes.subarray(start, Math.min(start + perLine, shown));
    const hex = [...part].map((it) => it.toString(16).padStart(2, "0")).join(" ");
    const text = [...part]
      .map((it) => (it >= 0x20 && it < 0x7f ? String.fromCharCode(it) : "."))
      .join("");
    const place = start.toString(16).padStart(4, "0");
    lines.push(`${place}  ${hex.padEnd(perLine * 3 - 1)}  ${text}`);
  }
  if (bytes.length > shown) lines.push(`… ${bytes.length - shown} more bytes`);
  return lines;
}
