import { boundUnreadBody } from "@hawser/engine/internal";
import { SseClient } from "./sse-client.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../../erased.ts";
import type { ResolvedSse, SubscribePermission } from "../options.ts";

/** Serves Server-Sent Events at a path of the HTTP servers of an engine. */
export function serveSse(
  server: AnyServer,
  engine: EngineServer,
  { path }: ResolvedSse,
  permission: SubscribePermission | undefined,
): void {
  engine.addRoute(path, {
    request: (request, response) => {
      const { method } = request;
      // The option `cors` answers what browsers ask before a request with headers of its own.
      if (method !== "GET" && (method !== "OPTIONS" || engine.opts.cors === undefined)) {
        refuseMethod(request, response);
        return;
      }
      engine.acceptStream(request, response, {
        onConnection: (conn) => {
          const client = new SseClient(server, conn, response, permission);
          conn.handler = client;
          client.start();
        },
      });
    },
  });
}

function refuseMethod(request: IncomingMessage, response: ServerResponse): void {
  const error = { code: "METHOD", message: "Server-Sent Events are asked for with GET" };
  response.writeHead(405, {
    Allow: "GET",
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
  });
  response.end(JSON.stringify({ error }));
  boundUnreadBody(request);
}
