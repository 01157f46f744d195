import cors from "cors";
import type { CorsOptions, CorsOptionsDelegate } from "cors";
import type { Middleware } from "./middleware.ts";

/** The `cors` option as a middleware: sets the headers, and answers preflight requests. */
export function corsMiddleware(option: CorsOptions | CorsOptionsDelegate): Middleware {
  return cors(option);
}
