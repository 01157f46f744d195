// Well-formed UTF-8 by its definition: the Unicode Standard, table 3-7.

type Range = readonly [from: number, to: number];
const any: Range = [0x80, 0xbf];

/** First octet, and what each octet behind it may be. */
const table: readonly (readonly [Range, ...Range[]])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], any],
  [[0xe0, 0xe0], [0xa0, 0xbf], any],
  [[0xe1, 0xec], any, any],
  [[0xed, 0xed], [0x80, 0x9f], any],
  [[0xee, 0xef], any, any],
  [[0xf0, 0xf0], [0x90, 0xbf], any, any],
  [[0xf1, 0xf3], any, any, any],
  [[0xf4, 0xf4], [0x80, 0x8f], any, any],
];

const within = (octet: number | undefined, [from, to]: Range): boolean =>
  octet !== undefined && octet >= from && octet <= to;

/**
 * Where it is first known that the octets are not UTF-8: at an octet, or, when more could have made it right, at the
 * end. -1 when they are.
 */
export function firstWrongOctet(octets: Uint8Array): number {
  let at = 0;
  while (at < octets.length) {
    const row = table.find(([first]) => within(octets[at], first));
    if (row === undefined) return at;
    for (const [behind, range] of row.slice(1).entries()) {
      const place = at + 1 + behind;
      if (place === octets.length || !within(octets[place], range)) return place;
    }
    at += row.length;
  }
  return -1;
}
