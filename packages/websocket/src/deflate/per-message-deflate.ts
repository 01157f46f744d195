import type { Extension } from "../connection/extension.ts";
import { parseExtensions } from "../handshake/headers.ts";
import { deflateContextBytes } from "../limits.ts";
import { InflatingDecoder } from "./decoder.ts";
import { DeflatingEncoder } from "./encoder.ts";
import { History } from "./history.ts";
import { checkAnswer, chooseOffer, formatOffer } from "./negotiation.ts";
import type { Agreement } from "./negotiation.ts";
import { checkDeflateOptions, windowBitsMax } from "./options.ts";
import type { DeflateConfig, PerMessageDeflateOptions } from "./options.ts";

/** One direction of an agreement. */
interface Direction {
  readonly noContextTakeover: boolean;
  readonly windowBits: number;
}

/** permessage-deflate as one server or client is set up for it; negotiates it for each connection. */
export class PerMessageDeflate {
  private readonly config: DeflateConfig;
  /** Where no context is taken over, connections share everything: nothing of it belongs to one. */
  private readonly decoder: InflatingDecoder;
  private readonly encoders: Map<number, DeflatingEncoder> = new Map();
  private readonly extensions: Map<string, Extension> = new Map();

  /** @throws WebSocketError `WS_ARGUMENT` for a wrong option. */
  constructor(options: PerMessageDeflateOptions) {
    this.config = checkDeflateOptions(options);
    this.decoder = new InflatingDecoder(this.config, undefined);
  }

  /** A server's side: what becomes of the offers in a request's `Sec-WebSocket-Extensions` header. */
  accept(header: string | undefined): Extension | undefined {
    const offers = header === undefined ? undefined : parseExtensions(header);
    const agreement = offers === undefined ? undefined : chooseOffer(offers, this.config);
    if (agreement === undefined) return undefined;
    return this.extension(agreement, serverDirection(agreement), clientDirection(agreement));
  }

  /** A client's side: the `Sec-WebSocket-Extensions` header of its request. */
  get offer(): string {
    return formatOffer(this.config);
  }

  /** A client's side: what the server has made of the offer. A string says what is wrong with its answer. */
  check(header: string): Extension | string {
    const answers = parseExtensions(header);
    if (answers === undefined) return "its Sec-WebSocket-Extensions header is malformed";
    const agreement = checkAnswer(answers, this.config);
    if (typeof agreement === "string") return agreement;
    return this.extension(agreement, clientDirection(agreement), serverDirection(agreement));
  }

  private extension(agreement: Agreement, out: Direction, into: Direction): Extension {
    const { header } = agreement;
    const known = this.extensions.get(header);
    if (known !== undefined) return known;
    const extension = { header, encoder: this.encoder(out), decoder: this.decoderFor(into) };
    // There are only so many agreements, so this stays small.
    if (out.noContextTakeover && into.noContextTakeover) this.extensions.set(header, extension);
    return extension;
  }

  private decoderFor(direction: Direction): InflatingDecoder {
    if (direction.noContextTakeover) return this.decoder;
    return new InflatingDecoder(this.config, new History(2 ** direction.windowBits));
  }

  private encoder(direction: Direction): DeflatingEncoder {
    const { config } = this;
    const windowBits = Math.min(
      direction.windowBits,
      config.zlibDeflate.windowBits ?? windowBitsMax,
    );
    if (!direction.noContextTakeover) {
      // All that the window allows is gone through for every message only where the application asks for it.
      const most = 2 ** windowBits;
      const context = config.zlibDeflate.windowBits === undefined ? deflateContextBytes : most;
      return new DeflatingEncoder(config, windowBits, new History(Math.min(context, most), most));
    }
    let encoder = this.encoders.get(windowBits);
    if (encoder === undefined) {
      encoder = new DeflatingEncoder(config, windowBits, undefined);
      this.encoders.set(windowBits, encoder);
    }
    return encoder;
  }
}

function serverDirection(agreement: Agreement): Direction {
  const { serverNoContextTakeover: noContextTakeover, serverWindowBits: windowBits } = agreement;
  return { noContextTakeover, windowBits };
}

function clientDirection(agreement: Agreement): Direction {
  const { clientNoContextTakeover: noContextTakeover, clientWindowBits: windowBits } = agreement;
  return { noContextTakeover, windowBits };
}

const made: WeakMap<object, PerMessageDeflate> = new WeakMap();
let byDefault: PerMessageDeflate | undefined = undefined;

/**
 * What the option `perMessageDeflate` stands for. The same object gives the same result, so that its connections share
 * what can be shared.
 *
 * @throws WebSocketError `WS_ARGUMENT` for a wrong option.
 */
export function perMessageDeflate(
  option: boolean | PerMessageDeflateOptions | undefined,
): PerMessageDeflate | undefined {
  if (option === undefined || option === false || option === null) return undefined;
  if (option === true) return (byDefault ??= new PerMessageDeflate({}));
  let deflate = typeof option === "object" ? made.get(option) : undefined;
  if (deflate === undefined) {
    deflate = new PerMessageDeflate(option);
    made.set(option, deflate);
  }
  return deflate;
}
