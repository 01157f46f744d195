// Masked frames in, the same ones unmasked out, in the chunk's own memory: a server's frame is four bytes shorter.

const wordsFrom = 64; // below, a view of the words costs more than it saves

function unmask(chunk, at, length, mask) {
  const shift = -(chunk.byteOffset + at) & 3;
  if (length < wordsFrom) {
    for (let i = 0; i < length; i++) chunk[at + i] ^= chunk[mask + (i & 3)];
    return;
  }
  for (let i = 0; i < shift; i++) chunk[at + i] ^= chunk[mask + (i & 3)];
  const words = new Uint32Array(chunk.buffer, chunk.byteOffset + at + shift, (length - shift) >> 2);
  let key = 0;
  for (let i = 3; i >= 0; i--) key = (key << 8) | chunk[mask + ((shift + i) & 3)];
  for (let i = 0; i < words.length; i++) words[i] ^= key;
  for (let i = shift + words.length * 4; i < length; i++) chunk[at + i] ^= chunk[mask + (i & 3)];
}

export function readFrames(chunk) {
  let from = 0;
  let to = 0;
  let closed = false;
  while (chunk.length - from >= 6) {
    let length = chunk[from + 1] & 127;
    let header = 2;
    if (length === 126) {
      if (chunk.length - from < 8) break;
      length = chunk.readUInt16BE(from + 2);
      header = 4;
    } else if (length === 127) {
      if (chunk.length - from < 14) break;
      length = Number(chunk.readBigUInt64BE(from + 2));
      header = 10;
    }
    const data = from + header + 4;
    if (data + length > chunk.length) break;
    unmask(chunk, data, length, data - 4);
    closed ||= (chunk[from] & 15) === 8;
    chunk[from + 1] &= 127;
    chunk.copyWithin(to, from, from + header);
    chunk.copyWithin(to + header, data, data + length);
    to += header + length;
    from = data + length;
  }
  const rest = from < chunk.length ? Buffer.from(chunk.subarray(from)) : undefined;
  return { replies: chunk.subarray(0, to), rest, closed };
}

export function textFrame(text) {
  const data = Buffer.from(text);
  const header =
    data.length < 126 ? [0x81, data.length] : [0x81, 126, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from(header), data]);
}
