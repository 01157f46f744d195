import { serveClientFiles } from "./serve-client.ts";
import { servePublish } from "./publish/serve-publish.ts";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../erased.ts";

/** What a server serves over HTTP beside connections: the browser client, and publishing for other backends. */
export function serveHttp(server: AnyServer, engine: EngineServer): void {
  const { publish } = server._opts;
  if (publish !== undefined) servePublish(server, engine, publish);
  if (server.serveClient()) {
    serveClientFiles(engine.httpServer!, server.path(), engine.opts.cors);
  }
}
