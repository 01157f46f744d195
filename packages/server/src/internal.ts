/** What sibling packages may use beyond the public entry. */
export { Client } from "./client.ts";
export { Dispatcher } from "./dispatch.ts";
export { Encoder, outgoingOf } from "./encoder.ts";
export { defaultLimits } from "./limits.ts";
export type { ServerLimits } from "./limits.ts";
export type { Middleware } from "./middleware.ts";
