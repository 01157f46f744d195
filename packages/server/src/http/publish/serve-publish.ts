import { guardListener } from "./loopback.ts";
import { resolvePublish } from "./options.ts";
import { placeOf, publishPaths } from "./paths.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../../erased.ts";
import type { PublishOptions, ResolvedPublish } from "./options.ts";
import type { PublishService } from "./service.ts";

/**
 * Lets other backends publish over HTTP. Other paths under the same prefix stay free for others.
 * @throws ServerError `OPTION_INVALID`; `PUBLISH_OPEN` when there are no keys, and the HTTP server listens where others
 * than this machine reach it. Its `listen` throws the same later
 */
export function servePublish(
  server: AnyServer,
  engine: EngineServer,
  options: PublishOptions,
): void {
  const resolved = resolvePublish(options);
  if (resolved.keys === undefined) guardListener(engine.httpServer!);
  const door = new Door(server, resolved);
  for (const path of publishPaths) {
    engine.addRoute(`${resolved.path}${path.replace("{name}", "*")}`, door);
  }
}

/** What checks and answers requests is loaded with the first one. */
class Door {
  private readonly server: AnyServer;
  private readonly options: ResolvedPublish;
  private service: Promise<PublishService> | undefined = undefined;

  constructor(server: AnyServer, options: ResolvedPublish) {
    this.server = server;
    this.options = options;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const place = placeOf(request.url, this.options.path);
    if (place === undefined) {
      // Beneath one of ours, but too deep.
      response.writeHead(404).end();
      return;
    }
    this.service ??= import("./service.ts").then(
      (it) => new it.PublishService(this.server, this.options),
    );
    this.service.then(
      (service) => service.handle(request, response, place),
      (error: Error) => {
        process.emitWarning(error);
        response.writeHead(500).end();
      },
    );
  }
}
