import { deliveryKey } from "@hawser/protocol/internal";
import { parseQuery } from "@hawser/engine/internal";
import type { IncomingMessage } from "node:http";

/** Before the token among the subprotocols: browsers can set no header. */
export const tokenProtocol = "hawser.token.";

export type Auth = Record<string, unknown>;

/**
 * The token of a request, as `auth` has it: from the subprotocols, else from `Authorization: Bearer`, else from `?token=`.
 * Undefined when there is none.
 */
export function authOfRequest(request: IncomingMessage): Auth | undefined {
  const token = tokenOfProtocols(request) ?? tokenOfHeader(request) ?? tokenOfQuery(request);
  return token === undefined ? undefined : { token };
}

/** What a client says in `connect`, laid over what its request said. The words of sessions are not its to say here. */
export function layAuth(ofRequest: Auth | undefined, said: unknown): Auth {
  const auth: Auth = { ...ofRequest, ...(said as Auth | undefined) };
  delete auth[deliveryKey];
  return auth;
}

/** The subprotocols that a request offers, in its order. */
export function offeredProtocols(request: IncomingMessage): string[] {
  const header = request.headers["sec-websocket-protocol"];
  if (header === undefined) return [];
  return header
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function tokenOfProtocols(request: IncomingMessage): string | undefined {
  const found = offeredProtocols(request).find((each) => each.startsWith(tokenProtocol));
  return found?.slice(tokenProtocol.length);
}

/** RFC 6750, section 2.1; the scheme in any case, as RFC 9110 has it. */
function tokenOfHeader(request: IncomingMessage): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}

function tokenOfQuery(request: IncomingMessage): string | undefined {
  const token = queryOf(request)["token"];
  return token === "" ? undefined : token;
}

/** The query of a request. */
export function queryOf(request: IncomingMessage): Record<string, string> {
  const url = request.url ?? "";
  const at = url.indexOf("?");
  return at === -1 ? {} : parseQuery(url);
}
