/** The attachments of a message as one piece: their number, their lengths, themselves; numbers are 32-bit little endian. */
export function packAttachments(attachments: readonly Uint8Array[]): Uint8Array | null {
  if (attachments.length === 0) return null;
  let at = 4 + 4 * attachments.length;
  const packed = new Uint8Array(attachments.reduce((sum, it) => sum + it.byteLength, at));
  const view = new DataView(packed.buffer);
  view.setUint32(0, attachments.length, true);
  for (const [index, attachment] of attachments.entries()) {
    view.setUint32(4 + 4 * index, attachment.byteLength, true);
    packed.set(attachment, at);
    at += attachment.byteLength;
  }
  return packed;
}

export function unpackAttachments(packed: Uint8Array | null): Uint8Array[] {
  if (packed === null) return [];
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = view.getUint32(0, true);
  const attachments: Uint8Array[] = [];
  let at = 4 + 4 * count;
  for (let index = 0; index < count; index++) {
    const length = view.getUint32(4 + 4 * index, true);
    attachments.push(packed.subarray(at, at + length));
    at += length;
  }
  return attachments;
}
