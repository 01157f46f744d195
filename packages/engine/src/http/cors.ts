import cors from "cors";
import type { CorsOptions, CorsOptionsDelegate } from "cors";
import type { Middleware } from "./middleware.ts";

/** The `cors` option as it is kept; undefined when there is none. */
export type CorsOption = CorsOptions | CorsOptionsDelegate | undefined;

/** The `cors` option as a middleware: sets the headers, and answers preflight requests. */
export function corsMiddleware(option: NonNullable<CorsOption>): Middleware {
  return cors(option);
}
