/** A text as a chunk of a body in `chunked` coding (RFC 9112, section 7.1). Not empty: that would end it. */
export function chunkOf(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = `${size.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + size + 2);
  chunk.write(head, "latin1");
  chunk.write(text, head.length, size === text.length ? "latin1" : "utf8");
  chunk.write("\r\n", head.length + size, "latin1");
  return chunk;
}
