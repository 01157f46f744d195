// What a handshake settled about permessage-deflate (RFC 7692, section 7.1), read and checked from the peer's side.
import type { Agreement } from "./compression.ts";

const known = new Set([
  "server_no_context_takeover",
  "client_no_context_takeover",
  "server_max_window_bits",
  "client_max_window_bits",
]);

/** One extension with its parameters; throws when it is not permessage-deflate, or a parameter is wrong. */
export function parseDeflate(header: string): Map<string, string | true> {
  const [name, ...parts] = header.split(";").map((part) => part.trim());
  if (name !== "permessage-deflate") throw new Error(`extension ${header}`);
  const parameters = new Map<string, string | true>();
  for (const part of parts) {
    const [key = "", value = true] = part.split("=").map((side) => side.trim().replaceAll('"', ""));
    if (!known.has(key) || parameters.has(key)) throw new Error(`parameter ${part}`);
    if (key.endsWith("takeover") !== (value === true) && key !== "client_max_window_bits")
      throw new Error(`parameter ${part}`);
    if (value !== true && !/^([89]|1[0-5])$/.test(value)) throw new Error(`parameter ${part}`);
    parameters.set(key, value);
  }
  return parameters;
}

const bits = (value: string | true | undefined): number =>
  typeof value === "string" ? Number(value) : 15;

/** Whether a server's answer is allowed for an offer (sections 7.1.1 and 7.1.2). */
function allowed(offer: Map<string, string | true>, answer: Map<string, string | true>): boolean {
  const wish = offer.get("server_max_window_bits");
  return (
    (!offer.has("server_no_context_takeover") || answer.has("server_no_context_takeover")) &&
    (wish === undefined || bits(answer.get("server_max_window_bits")) <= bits(wish)) &&
    (wish === undefined || answer.has("server_max_window_bits")) &&
    (!answer.has("client_max_window_bits") || offer.has("client_max_window_bits")) &&
    answer.get("client_max_window_bits") !== true
  );
}

/** The peer is a client that made the offers; the subject's answer must be one that RFC 7692 allows for one of them. */
export function asClient(offers: string, answer: string | undefined): Agreement {
  if (answer === undefined) throw new Error(`no extension for ${offers}`);
  const parameters = parseDeflate(answer);
  if (!offers.split(",").some((offer) => allowed(parseDeflate(offer.trim()), parameters)))
    throw new Error(`${answer} is no answer to ${offers}`);
  return {
    sendsContext: !parameters.has("client_no_context_takeover"),
    sendBits: bits(parameters.get("client_max_window_bits")),
    receivesContext: !parameters.has("server_no_context_takeover"),
    receiveBits: bits(parameters.get("server_max_window_bits")),
  };
}

/** The peer is a server that gave this answer. */
export function asServer(answer: string): Agreement {
  const parameters = parseDeflate(answer);
  return {
    sendsContext: !parameters.has("server_no_context_takeover"),
    sendBits: bits(parameters.get("server_max_window_bits")),
    receivesContext: !parameters.has("client_no_context_takeover"),
    receiveBits: bits(parameters.get("client_max_window_bits")),
  };
}
