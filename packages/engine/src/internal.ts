export { nodeBase64 } from "./binary-text.ts";
export { BodyReader } from "./http/body.ts";
export type { BodyHandler, BodyLimits } from "./http/body.ts";
export { boundUnreadBody, refuseUpgrade } from "./http/reply.ts";
export { parseQuery } from "./http/query.ts";
export { corsMiddleware } from "./http/cors.ts";
export type { CorsOption } from "./http/cors.ts";
export type { PlainLineOptions, StreamOptions } from "./line-handshake.ts";
export { LazyEmitter } from "./lazy-emitter.ts";
export type { LazyEmitterConstructor } from "./lazy-emitter.ts";
export { Outgoing } from "./outgoing.ts";
export type { FrameSink } from "./outgoing.ts";
export { checkOptions, engineOptionNames } from "./resolve-options.ts";
export { makeSessionId } from "./session-id.ts";
export {
  gather,
  TimingWheel,
  WheelEntry,
  sharedWheel,
  systemClock,
  whenRead,
} from "@hawser/websocket/internal";
export type { WheelClock } from "@hawser/websocket/internal";
export { warnOnce } from "./warn.ts";
export { PlainWebSocketTransport } from "./transports/plain-websocket.ts";
export { SseTransport } from "./transports/sse.ts";
export { makeExchange } from "./uws/exchange.ts";
export type { UwsApp } from "./uws/types.ts";
