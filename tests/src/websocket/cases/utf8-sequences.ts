// The sequences of Autobahn's 6.5 to 6.23, by the rules that make them.

/** A code point as the pattern of UTF-8 has it, in so many octets, also where that is too many or it is too high. */
function octets(codePoint: number, count: number): Buffer {
  if (count === 1) return Buffer.of(codePoint);
  const bytes: number[] = [];
  let left = codePoint;
  for (let behind = 1; behind < count; behind += 1) {
    bytes.unshift(0x80 | (left & 0x3f));
    left = Math.floor(left / 64);
  }
  const lead = (0xff << (8 - count)) & 0xff;
  return Buffer.of(lead | left, ...bytes);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** The highest value that a pattern of so many octets holds. */
const highest = [0, 0x7f, 0x7ff, 0xffff, 0x1f_ffff, 0x3ff_ffff, 0x7fff_ffff] as const;
const lowest = [0, 0, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000] as const;
const counts = [1, 2, 3, 4, 5, 6] as const;

const groups: [section: string, title: string, list: () => Buffer[]][] = [
  [
    "6.5",
    "valid",
    () =>
      [
        "hello$world",
        "hello¢world",
        "hello€world",
        "hello𤭢world",
        "\u03ba\u1f79\u03c3\u03bc\u03b5",
      ].map((text) => Buffer.from(text)),
  ],
  [
    "6.6",
    "a prefix of a valid text",
    () => range(1, 11).map((end) => Buffer.from("\u03ba\u1f79\u03c3\u03bc\u03b5").subarray(0, end)),
  ],
  [
    "6.7",
    "the first sequence of a length",
    () => counts.slice(0, 4).map((n) => octets(lowest[n], n)),
  ],
  [
    "6.8",
    "the first of five or six octets",
    () => counts.slice(4).map((n) => octets(lowest[n], n)),
  ],
  [
    "6.9",
    "the last sequence of a length",
    () => [octets(0x7f, 1), octets(0x7ff, 2), octets(0xffff, 3), octets(0x10_ffff, 4)],
  ],
  [
    "6.10",
    "the last of a pattern that goes too far",
    () => counts.slice(3).map((n) => octets(highest[n], n)),
  ],
  [
    "6.11",
    "at a boundary",
    () =>
      [0xd7ff, 0xe000, 0xfffd, 0x10_ffff, 0x11_0000].map((point) =>
        octets(point, point > 0xffff ? 4 : 3),
      ),
  ],
  [
    "6.12",
    "continuation octets of nothing",
    () => [
      Buffer.of(0x80),
      Buffer.of(0xbf),
      ...range(2, 6).map((n) => Buffer.from(range(1, n).map((at) => (at % 2 === 1 ? 0x80 : 0xbf)))),
      Buffer.from(range(0x80, 0xbf)),
    ],
  ],
  [
    "6.13",
    "first octets that stand alone",
    () =>
      [
        range(0xc0, 0xdf),
        range(0xe0, 0xef),
        range(0xf0, 0xf7),
        range(0xf8, 0xfb),
        range(0xfc, 0xfd),
      ].map((list) => Buffer.from(list.flatMap((first) => [first, 0x20]))),
  ],
  [
    "6.14",
    "the last octet is missing",
    () => [
      ...counts.slice(1).map((n) => octets(lowest[n], n).subarray(0, -1)),
      ...counts.slice(1).map((n) => octets(highest[n], n).subarray(0, -1)),
    ],
  ],
  [
    "6.15",
    "all of those in a row",
    () => [
      Buffer.concat([
        ...counts.slice(1).map((n) => octets(lowest[n], n).subarray(0, -1)),
        ...counts.slice(1).map((n) => octets(highest[n], n).subarray(0, -1)),
      ]),
    ],
  ],
  [
    "6.16",
    "impossible octets",
    () => [Buffer.of(0xfe), Buffer.of(0xff), Buffer.of(0xfe, 0xfe, 0xff, 0xff)],
  ],
  ["6.17", "an overlong slash", () => counts.slice(1).map((n) => octets(0x2f, n))],
  [
    "6.18",
    "the highest overlong sequence",
    () => counts.slice(1).map((n) => octets(highest[(n - 1) as 1 | 2 | 3 | 4 | 5], n)),
  ],
  ["6.19", "an overlong NUL", () => counts.slice(1).map((n) => octets(0, n))],
  [
    "6.20",
    "a single surrogate",
    () => [0xd800, 0xdb7f, 0xdb80, 0xdbff, 0xdc00, 0xdf80, 0xdfff].map((point) => octets(point, 3)),
  ],
  [
    "6.21",
    "a pair of surrogates",
    () =>
      [0xd800, 0xdb7f, 0xdb80, 0xdbff].flatMap((high) =>
        [0xdc00, 0xdfff].map((low) => Buffer.concat([octets(high, 3), octets(low, 3)])),
      ),
  ],
  [
    "6.22",
    "a non-character, which is valid",
    () => [
      ...[0xfffe, 0xffff].map((point) => octets(point, 3)),
      ...range(1, 16).flatMap((plane) =>
        [0xfffe, 0xffff].map((low) => octets(plane * 0x1_0000 + low, 4)),
      ),
    ],
  ],
  [
    "6.23",
    "a special, which is valid",
    () => range(0xfff9, 0xffff).map((point) => octets(point, 3)),
  ],
];

/** [id, title, octets]. */
export function sequences(): [string, string, Buffer][] {
  return groups.flatMap(([section, title, list]) =>
    list().map((bytes, at): [string, string, Buffer] => {
      const shown = hex(bytes.subarray(0, 8)) + (bytes.length > 8 ? "…" : "");
      return [`${section}.${at + 1}`, `${title} (${shown})`, bytes];
    }),
  );
}
