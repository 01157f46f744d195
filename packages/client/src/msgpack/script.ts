// oxlint-disable-next-line no-restricted-imports -- for this bundle alone, and in it: the package depends on no parser
import * as parser from "socket.io-msgpack-parser";
import { BaseManager } from "../base-manager.ts";
import { parserCodec } from "../codec.ts";
import { createLookup } from "../lookup.ts";
import type { Lookup } from "../lookup.ts";
import type { ManagerOptions, Parser } from "../options.ts";
import type { Parts } from "../parts.ts";
import { createRetryQueue } from "../retry-queue.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { connect } from "#connect";

const parts: Parts = {
  connect,
  createCodec: (options) => parserCodec(options.parser ?? (parser as unknown as Parser)),
  createRetryQueue,
};

class Manager extends BaseManager {
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>) {
    super(parts, uri, opts);
  }
}

/** The global `io` of the bundle that speaks MessagePack, to servers with `socket.io-msgpack-parser`. */
const io: Lookup = createLookup(Manager);
export default io;
