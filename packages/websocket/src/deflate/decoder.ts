import type { DecodeFailure, MessageDecoder, Work } from "../connection/extension.ts";
import { RSV1 } from "../frame/header.ts";
import type { History } from "./history.ts";
import { Inflation, inflateNow } from "./inflate.ts";
import type { DeflateConfig } from "./options.ts";

/** Inflates the messages of one direction (RFC 7692, section 7.2.2). Without a history it serves any number of them. */
export class InflatingDecoder implements MessageDecoder {
  readonly reservedBits: number = RSV1;
  private readonly config: DeflateConfig;
  /** Where context is taken over from message to message. */
  private readonly history: History | undefined;

  constructor(config: DeflateConfig, history: History | undefined) {
    this.config = config;
    this.history = history;
  }

  decode(
    payload: Buffer,
    bytesMax: number,
    done: (result: Buffer | DecodeFailure) => void,
  ): Work | undefined {
    // No bytes at all are no deflate data, but cannot mean anything else either.
    if (payload.length === 0) {
      done(payload);
      return undefined;
    }
    const { config, history } = this;
    const dictionary = history?.dictionary;
    const result = inflateNow(payload, dictionary, bytesMax, config);
    if (result === undefined) {
      return new Inflation(payload, dictionary, bytesMax, config, (late) => {
        done(this.remember(late));
      });
    }
    done(this.remember(result));
    return undefined;
  }

  private remember(result: Buffer | DecodeFailure): Buffer | DecodeFailure {
    if (typeof result !== "string") this.history?.add(result);
    return result;
  }
}
