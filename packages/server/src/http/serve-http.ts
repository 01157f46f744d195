import { ServerError } from "../errors.ts";
import { serveDialects } from "../dialects/serve.ts";
import { servePublish } from "./publish/serve-publish.ts";
import { serveClientFiles, serveClientFilesOnApp } from "./serve-client.ts";
import type { EngineServer } from "@hawser/engine";
import type { UwsApp } from "@hawser/engine/internal";
import type { AnyServer } from "../erased.ts";

/** What a server serves beside Socket.IO: other languages, publishing for other backends, and the browser client. */
export function serveHttp(server: AnyServer, engine: EngineServer): void {
  serveDialects(server, engine);
  const { publish } = server._opts;
  if (publish !== undefined) servePublish(server, engine, publish);
  if (server.serveClient()) {
    serveClientFiles(engine.httpServer!, server.path(), engine.opts.cors);
  }
}

/** The same on an app of µWebSockets.js. @throws ServerError for what stands on node:http alone */
export function serveHttpOnApp(server: AnyServer, app: UwsApp): void {
  for (const name of ["plain", "sse", "publish"] as const) {
    if (server._opts[name] === undefined || server._opts[name] === false) continue;
    throw new ServerError(
      "OPTION_INVALID",
      `option ${name} is there; expected none with attachApp(): it is served on node:http alone`,
    );
  }
  if (server.serveClient()) serveClientFilesOnApp(app, server.path());
}
