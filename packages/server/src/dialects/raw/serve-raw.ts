import { authOfRequest, layAuth } from "../auth.ts";
import { RawClient } from "./raw-client.ts";
import { RawForms } from "./raw-forms.ts";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../../erased.ts";
import type { ResolvedPlain } from "../options.ts";

/** Serves an endpoint with a protocol of the application's own. */
export function serveRaw(server: AnyServer, engine: EngineServer, options: ResolvedPlain): void {
  const forms = new RawForms(server._codec, options.encode);
  engine.addRoute(options.path, {
    upgrade: (request, socket, head) => {
      const auth = layAuth(authOfRequest(request), undefined);
      engine.acceptPlain(request, socket, head, {
        protocol: "",
        messageBytesMax: options.limits.earlyMessageBytes,
        onConnection: (conn) => {
          conn.handler = new RawClient(server, conn, options, forms, auth);
        },
      });
    },
  });
}
