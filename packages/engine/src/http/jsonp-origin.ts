import type { IncomingMessage } from "node:http";

/**
 * Gives a JSONP request the origin of the page it comes from. Browsers send no Origin for a script, so that a page
 * anywhere could read a session of its visitor; but they send Referer, and Sec-Fetch-Site where they leave that out.
 */
export function claimJsonpOrigin({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined) return;
  const page = headers.referer;
  if (page !== undefined) headers.origin = originOf(page);
  else if (
    headers["sec-fetch-site"] === "cross-site" ||
    headers["sec-fetch-site"] === "same-site"
  ) {
    headers.origin = "null";
  }
}

function originOf(page: string): string {
  try {
    return new URL(page).origin;
  } catch {
    return "null";
  }
}
