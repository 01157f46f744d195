import type { IncomingMessage } from "node:http";
import Negotiator from "negotiator";
import { deflate, gzip } from "node:zlib";
import type { HttpCompressionOptions } from "../options.ts";

export type ContentEncoding = "gzip" | "deflate";

/** What the client accepts of what we have; undefined when it wants the answer as it is. */
export function chooseEncoding(request: IncomingMessage): ContentEncoding | undefined {
  if (request.headers["accept-encoding"] === undefined) return undefined;
  const chosen = new Negotiator(request).encoding(["gzip", "deflate", "identity"]);
  return chosen === "gzip" || chosen === "deflate" ? chosen : undefined;
}

/** Compresses `body` on the thread pool. */
export function compressBody(
  body: string | Uint8Array,
  encoding: ContentEncoding,
  settings: HttpCompressionOptions,
  done: (error: Error | null, compressed: Buffer) => void,
): void {
  const { threshold: _threshold, ...zlibSettings } = settings;
  const compress = encoding === "gzip" ? gzip : deflate;
  compress(body, zlibSettings, done);
}
