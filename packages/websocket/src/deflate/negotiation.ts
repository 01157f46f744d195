import type { ExtensionOffer } from "../handshake/headers.ts";
import { windowBitsMax } from "./options.ts";
import type { DeflateConfig } from "./options.ts";

/** RFC 7692, section 7. */
const extensionName = "permessage-deflate";

/** What both sides have agreed on. */
export interface Agreement {
  /** Whether each message of the server is compressed on its own. */
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** The server refers back by at most `2 ** serverWindowBits` bytes. */
  readonly serverWindowBits: number;
  readonly clientWindowBits: number;
  /** The `Sec-WebSocket-Extensions` header of the answer. */
  readonly header: string;
}

/** The parameters of one offer or answer, checked one by one. */
interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** True: the client can be told, and proposes nothing. Only in an offer. */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** A server's answer to what a client offers: the first offer that it can serve, or undefined when there is none. */
export function chooseOffer(
  offers: readonly ExtensionOffer[],
  config: DeflateConfig,
): Agreement | undefined {
  for (const offer of offers) {
    if (offer.name !== extensionName) continue;
    const parameters = readParameters(offer, true);
    // Section 7.1: what is unknown, wrong or there twice is declined, and so is what the server does not support.
    const agreement = typeof parameters === "string" ? undefined : answerOffer(parameters, config);
    if (agreement !== undefined) return agreement;
  }
  return undefined;
}

function answerOffer(offer: Parameters, config: DeflateConfig): Agreement | undefined {
  if (offer.serverNoContextTakeover && config.serverNoContextTakeover === false) return undefined;
  if (offer.serverMaxWindowBits !== undefined && config.serverMaxWindowBits === false) {
    return undefined;
  }
  // A client that does not offer it cannot be told (section 7.1.2.2).
  const ownBits = config.clientMaxWindowBits;
  if (typeof ownBits === "number" && offer.clientMaxWindowBits === undefined) return undefined;
  const serverBits = smaller(offer.serverMaxWindowBits, config.serverMaxWindowBits);
  const clientBits = ownBits === false ? undefined : smaller(offer.clientMaxWindowBits, ownBits);
  return agree({
    serverNoContextTakeover:
      offer.serverNoContextTakeover || config.serverNoContextTakeover === true,
    clientNoContextTakeover: config.clientNoContextTakeover ?? offer.clientNoContextTakeover,
    serverMaxWindowBits: serverBits,
    clientMaxWindowBits: clientBits,
  });
}

/** The smaller of two sizes, either of which may be left open. */
function smaller(
  a: number | boolean | undefined,
  b: number | boolean | undefined,
): number | undefined {
  if (typeof a !== "number") return typeof b === "number" ? b : undefined;
  return typeof b === "number" ? Math.min(a, b) : a;
}

function agree(parameters: Parameters): Agreement {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  return {
    serverNoContextTakeover: parameters.serverNoContextTakeover,
    clientNoContextTakeover: parameters.clientNoContextTakeover,
    serverWindowBits: serverMaxWindowBits ?? windowBitsMax,
    clientWindowBits: smaller(clientMaxWindowBits, undefined) ?? windowBitsMax,
    header: format(parameters),
  };
}

/** What a client offers: the value of its `Sec-WebSocket-Extensions` header. */
export function formatOffer(config: DeflateConfig): string {
  return format(offerOf(config));
}

function offerOf(config: DeflateConfig): Parameters {
  const { serverMaxWindowBits: serverBits, clientMaxWindowBits: clientBits = true } = config;
  return {
    serverNoContextTakeover: config.serverNoContextTakeover === true,
    clientNoContextTakeover: config.clientNoContextTakeover === true,
    serverMaxWindowBits: serverBits === false ? undefined : serverBits,
    clientMaxWindowBits: clientBits === false ? undefined : clientBits,
  };
}

/** Checks a server's answer to what `formatOffer` offers. A string says what is wrong with it. */
export function checkAnswer(
  answers: readonly ExtensionOffer[],
  config: DeflateConfig,
): Agreement | string {
  const [answer, second] = answers;
  if (answer?.name !== extensionName) return "it chose an extension that was not offered";
  if (second !== undefined) return "it chose more than one extension";
  const parameters = readParameters(answer, false);
  if (typeof parameters === "string") return `${extensionName}: ${parameters}`;
  const problem = problemOf(parameters, config);
  if (problem !== undefined) return `${extensionName}: ${problem}`;
  const agreement = agree({
    ...parameters,
    // What the client proposes for itself, it keeps to.
    clientNoContextTakeover:
      parameters.clientNoContextTakeover || config.clientNoContextTakeover === true,
    clientMaxWindowBits: smaller(parameters.clientMaxWindowBits, config.clientMaxWindowBits),
  });
  return { ...agreement, header: format(parameters) };
}

function problemOf(answer: Parameters, config: DeflateConfig): string | undefined {
  const offer = offerOf(config);
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) {
    return "server_no_context_takeover was demanded and is missing";
  }
  if (answer.clientNoContextTakeover && config.clientNoContextTakeover === false) {
    return "client_no_context_takeover is not accepted here";
  }
  const serverBits = answer.serverMaxWindowBits;
  // In an answer it always has a value.
  const clientBits = smaller(answer.clientMaxWindowBits, undefined);
  if (offer.serverMaxWindowBits !== undefined) {
    if (serverBits === undefined) return "server_max_window_bits was demanded and is missing";
    if (serverBits > offer.serverMaxWindowBits)
      return "server_max_window_bits is more than was demanded";
  }
  if (clientBits === undefined) return undefined;
  if (offer.clientMaxWindowBits === undefined) return "client_max_window_bits was not offered";
  if (typeof offer.clientMaxWindowBits === "number" && clientBits > offer.clientMaxWindowBits) {
    return "client_max_window_bits is more than was offered";
  }
  return undefined;
}

/** Reads parameters, each by its own rules (section 7.1). A string says what is wrong. */
function readParameters(extension: ExtensionOffer, isOffer: boolean): Parameters | string {
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits: number | undefined = undefined;
  let clientMaxWindowBits: number | true | undefined = undefined;
  for (const [name, values] of Object.entries(extension.parameters)) {
    const value = values[0] as string | true;
    if (values.length > 1) return `${name} is there twice`;
    switch (name) {
      case "server_no_context_takeover":
      case "client_no_context_takeover":
        if (value !== true) return `${name} has a value`;
        if (name === "server_no_context_takeover") serverNoContextTakeover = true;
        else clientNoContextTakeover = true;
        break;
      case "server_max_window_bits":
      case "client_max_window_bits": {
        // Only an offer may leave the client's window open.
        const open = value === true && isOffer && name === "client_max_window_bits";
        const bits = open ? true : readBits(value);
        if (bits === undefined) return `${name} is not an integer from 8 to 15`;
        if (name === "client_max_window_bits") clientMaxWindowBits = bits;
        else serverMaxWindowBits = bits as number;
        break;
      }
      default:
        return `${name} is not a parameter of it`;
    }
  }
  return {
    serverNoContextTakeover,
    clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
}

/** Decimal, without leading zeros (sections 7.1.2.1 and 7.1.2.2). */
function readBits(value: string | true): number | undefined {
  return value !== true && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined;
}

function format(parameters: Parameters): string {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  let text = extensionName;
  if (parameters.serverNoContextTakeover) text += "; server_no_context_takeover";
  if (parameters.clientNoContextTakeover) text += "; client_no_context_takeover";
  if (serverMaxWindowBits !== undefined) text += `; server_max_window_bits=${serverMaxWindowBits}`;
  if (clientMaxWindowBits === true) text += "; client_max_window_bits";
  else if (clientMaxWindowBits !== undefined)
    text += `; client_max_window_bits=${clientMaxWindowBits}`;
  return text;
}
