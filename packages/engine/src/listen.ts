import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { EngineOptions } from "./options.ts";
import { EngineServer } from "./server.ts";

/**
 * Makes an engine on an HTTP server of yours.
 *
 * @throws EngineError `OPTION_INVALID`
 */
export function attach(server: HttpServer, options: EngineOptions = {}): EngineServer {
  return new EngineServer(options).attach(server);
}

/**
 * Makes an engine on an HTTP server of its own, which answers everything else with 501. It stands in
 * `engine.httpServer`. The options may be left out before `onListening`.
 *
 * @throws EngineError `OPTION_INVALID`
 */
export function listen(
  port: number,
  options?: EngineOptions | (() => void),
  onListening?: () => void,
): EngineServer {
  if (typeof options === "function") return listen(port, {}, options);
  const server = createServer((_request, response) => {
    response.writeHead(501);
    response.end("Not Implemented");
  });
  const engine = attach(server, options);
  server.listen(port, onListening);
  return engine;
}
