import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHeaderLine, isToken, parseExtensions, parseProtocols } from "./headers.ts";

describe("tokens (RFC 9110, section 5.6.2)", () => {
  it("are made of certain characters, and not empty", () => {
    for (const name of ["a", "v1.chat", "x!#$%&'*+-.^_`|~9"]) expect(isToken(name)).toBe(true);
    for (const name of ["", "a b", "a,b", "a/b", "é", '"a"', "a\0"])
      expect(isToken(name)).toBe(false);
  });
});

describe("header lines", () => {
  it("hold one header", () => {
    for (const line of ["A: b", "X-Y:", "Set-Cookie: a=b; Path=/", "A: caf\u00e9"])
      expect(isHeaderLine(line)).toBe(true);
    for (const line of ["", "A", ": b", "A B: c", "A: b\r\nC: d", "A: b\n", "A: \u20ac"])
      expect(isHeaderLine(line)).toBe(false);
  });
});

describe("Sec-WebSocket-Protocol (RFC 6455, section 11.3.4)", () => {
  it.each([
    ["chat", ["chat"]],
    ["chat, superchat", ["chat", "superchat"]],
    [" a\t,b ,  c", ["a", "b", "c"]],
  ])("reads %j", (header, names) => expect(parseProtocols(header)).toEqual(names));

  it.each(["", ",", "a,", ",a", "a,,b", "a b", "a,a", "a;b", '"a"', "a,\u00e9"])(
    "refuses %j",
    (header) => expect(parseProtocols(header)).toBeUndefined(),
  );
});

describe("Sec-WebSocket-Extensions (section 9.1)", () => {
  const plain = (header: string): unknown =>
    parseExtensions(header)?.map(({ name, parameters }) => [name, { ...parameters }]);

  it("reads names and parameters", () => {
    expect(plain("foo")).toEqual([["foo", {}]]);
    expect(
      plain('permessage-deflate; client_max_window_bits; server_max_window_bits="10", bar;a=1;a=2'),
    ).toEqual([
      ["permessage-deflate", { client_max_window_bits: [true], server_max_window_bits: ["10"] }],
      ["bar", { a: ["1", "2"] }],
    ]);
    expect(plain('x; a="b\\c"')).toEqual([["x", { a: ["bc"] }]]);
  });

  it.each([
    "",
    ",",
    "a,",
    "a;",
    "a;b=",
    'a;b="',
    'a;b=""',
    'a;b="c d"',
    "a;=b",
    "a b",
    "a;b c",
    'a;b="c"d',
    "a\n",
  ])("refuses %j", (header) => expect(parseExtensions(header)).toBeUndefined());

  it("never throws, and takes only text it can give back", () => {
    const chars = fc.constantFrom("a", "b", ";", ",", "=", '"', "\\", " ", "\t", "\0", "é");
    fc.assert(
      fc.property(fc.array(chars, { maxLength: 30 }), (list) => {
        const offers = parseExtensions(list.join("")) ?? [];
        for (const { name, parameters } of offers) {
          expect(isToken(name)).toBe(true);
          for (const value of Object.values(parameters).flat())
            expect(value === true || isToken(value)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
