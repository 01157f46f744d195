import { authOfRequest } from "../auth.ts";
import { RawClient } from "./raw-client.ts";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../../erased.ts";
import type { ResolvedPlain } from "../options.ts";

/** Serves an endpoint with a protocol of the application's own. */
export function serveRaw(server: AnyServer, engine: EngineServer, options: ResolvedPlain): void {
  engine.addRoute(options.path, {
    upgrade: (request, socket, head) => {
      const auth = authOfRequest(request);
      engine.acceptPlain(request, socket, head, {
        protocol: "",
        messageBytesMax: options.limits.earlyMessageBytes,
        onConnection: (conn) => {
          conn.handler = new RawClient(server, conn, options, auth);
        },
      });
    },
  });
}
