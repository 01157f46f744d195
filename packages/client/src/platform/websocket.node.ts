import { parserCodec } from "../codec.ts";
import type { Parts } from "../parts.ts";
import { createRetryQueue } from "../retry-queue.ts";
import { NodeWebSocket } from "../transports/websocket.node.ts";
import { defaultCodec } from "./codec.node.ts";
import { connectOver } from "./connect.node.ts";

/** Node.js, where nobody counts bytes: everything, with one transport. */
export const parts: Parts = {
  connect: connectOver({ websocket: NodeWebSocket }),
  createCodec: ({ parser }) => (parser ? parserCodec(parser) : defaultCodec()),
  createRetryQueue,
};
