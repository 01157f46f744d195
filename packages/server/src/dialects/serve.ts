import { resolvePlain, resolveSse } from "./options.ts";
import { servePlain } from "./plain/serve-plain.ts";
import { serveRaw } from "./raw/serve-raw.ts";
import { serveSse } from "./sse/serve-sse.ts";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../erased.ts";

/** Serves the languages that the options ask for beside Socket.IO, at paths of their own. */
export function serveDialects(server: AnyServer, engine: EngineServer): void {
  const { plain, sse, subscribe } = server._opts;
  for (const path of resolvePlain(plain)) {
    if (path.mode === "raw") serveRaw(server, engine, path);
    else servePlain(server, engine, path, subscribe);
  }
  const stream = resolveSse(sse);
  if (stream !== undefined) serveSse(server, engine, stream, subscribe);
}
