import { describe, expect, it } from "vitest";
import { parseExtensions } from "../handshake/headers.ts";
import type { ExtensionOffer } from "../handshake/headers.ts";
import { checkAnswer, chooseOffer, formatOffer } from "./negotiation.ts";
import { checkDeflateOptions } from "./options.ts";
import type { PerMessageDeflateOptions } from "./options.ts";

const parse = (header: string): ExtensionOffer[] => parseExtensions(header) ?? [];

/** What a server answers; an empty string when it declines. */
function answer(offers: string, options: PerMessageDeflateOptions = {}): string {
  return chooseOffer(parse(offers), checkDeflateOptions(options))?.header ?? "";
}

const name = "permessage-deflate";

describe("a server (RFC 7692, section 7.1)", () => {
  it.each<[string, string, PerMessageDeflateOptions, string]>([
    ["nothing but the name", name, {}, name],
    ["nothing that it knows", "x-webkit-deflate-frame", {}, ""],
    [
      "GHSA-5v72-xg48-5rpm: the name of a prototype's property",
      `constructor, __proto__; a=1`,
      {},
      "",
    ],
    ["what browsers offer", `${name}; client_max_window_bits`, {}, name],
    [
      "a window for the client",
      `${name}; client_max_window_bits`,
      { clientMaxWindowBits: 10 },
      `${name}; client_max_window_bits=10`,
    ],
    [
      "a window that the client proposes",
      `${name}; client_max_window_bits=11`,
      {},
      `${name}; client_max_window_bits=11`,
    ],
    [
      "the smaller of two windows for the client",
      `${name}; client_max_window_bits=9`,
      { clientMaxWindowBits: 12 },
      `${name}; client_max_window_bits=9`,
    ],
    [
      "no window where that is left to the client",
      `${name}; client_max_window_bits=11`,
      { clientMaxWindowBits: false },
      name,
    ],
    ["a client that cannot be told", name, { clientMaxWindowBits: 10 }, ""],
    [
      "a client that can be told, behind one that cannot",
      `${name}, ${name}; client_max_window_bits`,
      { clientMaxWindowBits: 10 },
      `${name}; client_max_window_bits=10`,
    ],
    [
      "a window that the client demands",
      `${name}; server_max_window_bits=10`,
      {},
      `${name}; server_max_window_bits=10`,
    ],
    [
      "the smallest window",
      `${name}; server_max_window_bits=8`,
      {},
      `${name}; server_max_window_bits=8`,
    ],
    [
      "the smaller of two windows",
      `${name}; server_max_window_bits=12`,
      { serverMaxWindowBits: 11 },
      `${name}; server_max_window_bits=11`,
    ],
    [
      "a window that nobody asked for",
      name,
      { serverMaxWindowBits: 11 },
      `${name}; server_max_window_bits=11`,
    ],
    [
      "a window where it does not want one",
      `${name}; server_max_window_bits=12`,
      { serverMaxWindowBits: false },
      "",
    ],
    [
      "no context on the server",
      `${name}; server_no_context_takeover`,
      {},
      `${name}; server_no_context_takeover`,
    ],
    [
      "no context on the server, of its own accord",
      name,
      { serverNoContextTakeover: true },
      `${name}; server_no_context_takeover`,
    ],
    [
      "no context on the server where it wants one",
      `${name}; server_no_context_takeover`,
      { serverNoContextTakeover: false },
      "",
    ],
    [
      "a fallback to context on the server",
      `${name}; server_no_context_takeover, ${name}`,
      { serverNoContextTakeover: false },
      name,
    ],
    [
      "no context on the client",
      `${name}; client_no_context_takeover`,
      {},
      `${name}; client_no_context_takeover`,
    ],
    [
      "no context on the client, as the server wishes",
      name,
      { clientNoContextTakeover: true },
      `${name}; client_no_context_takeover`,
    ],
    [
      "context on the client, as the server wishes",
      `${name}; client_no_context_takeover`,
      { clientNoContextTakeover: false },
      name,
    ],
    [
      "shared compressors",
      `${name}; client_max_window_bits`,
      { shared: true },
      `${name}; server_no_context_takeover; client_no_context_takeover`,
    ],
    [
      "everything",
      `${name}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=12`,
      {},
      `${name}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=12`,
    ],
    [
      "a quoted value",
      `${name}; server_max_window_bits="10"`,
      {},
      `${name}; server_max_window_bits=10`,
    ],
    ["an unknown parameter", `${name}; window=10`, {}, ""],
    ["a prototype's property as a parameter", `${name}; __proto__=1`, {}, ""],
    ["a parameter in capitals", `${name}; Server_No_Context_Takeover`, {}, ""],
    [
      "a parameter that is there twice",
      `${name}; client_no_context_takeover; client_no_context_takeover`,
      {},
      "",
    ],
    ["two windows", `${name}; server_max_window_bits=10; server_max_window_bits=10`, {}, ""],
    ["a flag with a value", `${name}; server_no_context_takeover=true`, {}, ""],
    ["a flag of the client with a value", `${name}; client_no_context_takeover=1`, {}, ""],
    ["a window without a value", `${name}; server_max_window_bits`, {}, ""],
    ["a window that is too small", `${name}; server_max_window_bits=7`, {}, ""],
    ["a window that is too large", `${name}; client_max_window_bits=16`, {}, ""],
    ["a window with a leading zero", `${name}; server_max_window_bits=09`, {}, ""],
    ["a window that is no integer", `${name}; client_max_window_bits=10.0`, {}, ""],
    ["a window in hexadecimal", `${name}; client_max_window_bits=0xa`, {}, ""],
    [
      "a good offer behind wrong ones",
      `${name}; a, foo, ${name}; server_max_window_bits=99, ${name}; server_max_window_bits=9, ${name}`,
      {},
      `${name}; server_max_window_bits=9`,
    ],
  ])("answers %s", (_, offers, options, expected) => {
    expect(answer(offers, options)).toBe(expected);
  });

  it("knows what was agreed on", () => {
    const config = checkDeflateOptions({ serverMaxWindowBits: 12 });
    expect(
      chooseOffer(parse(`${name}; client_no_context_takeover; client_max_window_bits=9`), config),
    ).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: true,
      serverWindowBits: 12,
      clientWindowBits: 9,
      header: `${name}; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=9`,
    });
  });
});

describe("a client", () => {
  it.each<[PerMessageDeflateOptions, string]>([
    [{}, `${name}; client_max_window_bits`],
    [{ clientMaxWindowBits: true }, `${name}; client_max_window_bits`],
    [{ clientMaxWindowBits: false }, name],
    [{ clientMaxWindowBits: 10 }, `${name}; client_max_window_bits=10`],
    [{ serverMaxWindowBits: 10, clientMaxWindowBits: false }, `${name}; server_max_window_bits=10`],
    [{ serverMaxWindowBits: true }, `${name}; client_max_window_bits`],
    [
      { shared: true },
      `${name}; server_no_context_takeover; client_no_context_takeover; client_max_window_bits`,
    ],
  ])("offers, with %j", (options, expected) => {
    expect(formatOffer(checkDeflateOptions(options))).toBe(expected);
  });

  it.each<[string, PerMessageDeflateOptions]>([
    [name, {}],
    [`${name}; server_no_context_takeover; client_no_context_takeover`, {}],
    [`${name}; server_max_window_bits=8; client_max_window_bits=8`, {}],
    [`${name}; server_max_window_bits=10`, { serverMaxWindowBits: 12 }],
    [`${name}; client_max_window_bits=9`, { clientMaxWindowBits: 9 }],
    [name, { clientMaxWindowBits: 9, clientNoContextTakeover: true }],
  ])("takes the answer %s", (header, options) => {
    expect(checkAnswer(parse(header), checkDeflateOptions(options))).toMatchObject({ header });
  });

  it("keeps to what it has proposed for itself", () => {
    const config = checkDeflateOptions({ clientMaxWindowBits: 9, clientNoContextTakeover: true });
    expect(checkAnswer(parse(name), config)).toMatchObject({
      clientWindowBits: 9,
      clientNoContextTakeover: true,
      serverWindowBits: 15,
    });
  });

  it.each<[string, PerMessageDeflateOptions, string]>([
    ["x-other", {}, "not offered"],
    [`${name}, ${name}`, {}, "more than one"],
    [`${name}; window=1`, {}, "window is not a parameter of it"],
    [`${name}; server_no_context_takeover=1`, {}, "server_no_context_takeover has a value"],
    [`${name}; client_no_context_takeover; client_no_context_takeover`, {}, "is there twice"],
    [`${name}; client_max_window_bits`, {}, "client_max_window_bits is not an integer"],
    [`${name}; client_max_window_bits=16`, {}, "client_max_window_bits is not an integer"],
    [`${name}; server_max_window_bits=08`, {}, "server_max_window_bits is not an integer"],
    [
      `${name}; client_max_window_bits=10`,
      { clientMaxWindowBits: false },
      "client_max_window_bits was not offered",
    ],
    [`${name}; client_max_window_bits=11`, { clientMaxWindowBits: 10 }, "more than was offered"],
    [`${name}; server_max_window_bits=11`, { serverMaxWindowBits: 10 }, "more than was demanded"],
    [name, { serverMaxWindowBits: 10 }, "server_max_window_bits was demanded and is missing"],
    [
      name,
      { serverNoContextTakeover: true },
      "server_no_context_takeover was demanded and is missing",
    ],
    [
      `${name}; client_no_context_takeover`,
      { clientNoContextTakeover: false },
      "not accepted here",
    ],
  ])("refuses the answer %s with %j", (header, options, problem) => {
    expect(checkAnswer(parse(header), checkDeflateOptions(options))).toContain(problem);
  });
});
