import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";
import { roomOfPath } from "../../shared/chat/room-id.ts";
import { setSecurityHeaders } from "./security-headers.ts";

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** The page has not been built. */
export class NotBuiltError extends Error {}

/** Serves the built page. Names under /assets/ carry a hash of their content and are kept for good; the rest is asked for again. */
export function staticFiles(folder: string): RequestHandler {
  if (!existsSync(`${folder}/index.html`)) {
    throw new NotBuiltError("The page is not built. Run: npm run build -w apps/playground");
  }
  const serve = sirv(folder, {
    etag: true,
    setHeaders(response, path) {
      setSecurityHeaders(response);
      const forGood = path.startsWith("/assets/");
      response.setHeader(
        "Cache-Control",
        forGood ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      sendText(response, 405, "Only GET and HEAD are understood here.", { Allow: "GET, HEAD" });
      return;
    }
    // A room's link leads to the one page, which then opens the room.
    if (roomOfPath(pathOf(request.url)) !== undefined) request.url = "/";
    serve(request, response, () => sendText(response, 404, "There is nothing at this address."));
  };
}

function pathOf(url: string | undefined): string {
  return (url ?? "/").replace(/\?.*$/s, "");
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  setSecurityHeaders(response);
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...headers });
  response.end(`${text}\n`);
}
