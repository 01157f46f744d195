import type { IncomingMessage } from "node:http";
import { isToken, parseProtocols } from "./headers.ts";

/** The subprotocol for a client: the application's choice among those it offers, or the first; empty for none. */
export function chooseProtocol<Request extends IncomingMessage>(
  request: Request,
  choose: ((protocols: Set<string>, request: Request) => string | false) | undefined,
): string {
  const header = request.headers["sec-websocket-protocol"];
  const offered = header === undefined ? undefined : parseProtocols(header);
  if (offered === undefined) return "";
  if (choose === undefined) return offered[0] as string;
  const chosen = choose(new Set(offered), request);
  return chosen !== false && isToken(chosen) ? chosen : "";
}
