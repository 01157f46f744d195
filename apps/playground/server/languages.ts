import type { ServerOptions } from "hawser";
import type { Wire } from "../shared/chat/wire.ts";
import type { PublishKey } from "./publish-key.ts";

/** Those that are switched on. */
export const wires: readonly Wire[] = ["http"];

type Languages = Pick<ServerOptions, "publish">;

/** The wires besides Socket.IO, all on the same port and in the same rooms. */
export function languages({ entry }: PublishKey): Languages {
  return { publish: entry === undefined ? {} : { keys: [entry] } };
}
