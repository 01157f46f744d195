import { defaultCodec } from "./codec.ts";
import type { Parts } from "../parts.ts";
import { WebSocketLine } from "../websocket-only/websocket-line.ts";

/** Browsers: the least that does it. `#websocket` resolves to the parts at hand. */
export const parts: Parts = {
  connect: (uri, options) => new WebSocketLine(uri, options),
  createCodec: defaultCodec,
};
