import { beginChunk, checkUpgrade, endChunk } from "@hawser/websocket/internal";
import type { IncomingMessage } from "node:http";
import { servedPath } from "../attach.ts";
import { BaseServer } from "../base-server.ts";
import { requestErrors } from "../errors.ts";
import { HttpGate } from "../http/gate.ts";
import type { AttachOptions } from "../options.ts";
import { checkOptions } from "../resolve-options.ts";
import { CodedWebSocketTransport } from "../transports/coded-websocket.ts";
import { plainFrames } from "../transports/frame-codec.ts";
import { nobody } from "../transports/websocket-acceptor.ts";
import type { AcceptCallback, WebSocketOffer } from "../transports/websocket-acceptor.ts";
import { makeExchange } from "./exchange.ts";
import type { UwsResponse } from "./exchange.ts";
import { UwsLine } from "./line.ts";
import type { UwsApp, UwsHttpRequest, UwsHttpResponse, UwsWebSocket } from "./types.ts";

/** Settings that µWebSockets.js takes for websockets. */
export interface UwsOptions {
  /** Its `DISABLED`, `SHARED_COMPRESSOR` or another of its constants. Default: no compression. */
  compression?: number | undefined;
  /** Seconds of silence after which it closes a websocket. Default 120. */
  idleTimeout?: number | undefined;
  /** Bytes it keeps for a websocket that does not read; beyond it drops messages. Default `maxBufferedBytes`. */
  maxBackpressure?: number | undefined;
}

/** A websocket between the upgrade and its opening, and its line after that. */
interface UserData {
  readonly transport: CodedWebSocketTransport;
  /** Valid until it opens. */
  done: AcceptCallback | undefined;
  line: UwsLine | undefined;
}

/** The response of an upgrade request; it still speaks HTTP. */
class UwsUpgradeGate extends HttpGate {
  override readonly upgrade = true;
}

/**
 * An Engine.IO server on an app of µWebSockets.js 20.
 *
 * @example
 * const engine = new UwsServer({ cors: { origin: "*" } });
 * engine.attach(app);
 * app.listen(3000, () => {});
 */
export class UwsServer extends BaseServer {
  /** Takes the requests of `app` that are under the path. */
  attach(app: UwsApp, options: AttachOptions & UwsOptions = {}): this {
    const { compression, idleTimeout, maxBackpressure, ...attachOptions } = options;
    checkOptions(attachOptions);
    const { opts } = this;
    this.open();
    const path = servedPath(
      options.path || opts.path,
      options.addTrailingSlash ?? opts.addTrailingSlash,
    );
    const patterns = path.endsWith("/") ? [`${path}*`] : [path, `${path}/*`];
    const behavior = {
      ...(compression === undefined ? {} : { compression }),
      ...(idleTimeout === undefined ? {} : { idleTimeout }),
      maxBackpressure: maxBackpressure ?? opts.maxBufferedBytes,
      maxPayloadLength: opts.maxHttpBufferSize,
      upgrade: this.onUpgrade,
      open: onOpen,
      message: onMessage,
      drain: (webSocket: UwsWebSocket) => lineOf(webSocket)?.onDrain(),
      close: (webSocket: UwsWebSocket) => lineOf(webSocket)?.onClose(),
    };
    for (const pattern of patterns) {
      if (opts.transports.includes("websocket")) app.ws(pattern, behavior);
      app.any(pattern, this.onRequest);
    }
    return this;
  }

  private readonly onRequest = (uws: UwsHttpResponse, given: UwsHttpRequest): void => {
    const { request, response } = makeExchange(uws, given, this.limits.messageBytesMax);
    this.serve(request, response);
  };

  private readonly onUpgrade = (
    uws: UwsHttpResponse,
    given: UwsHttpRequest,
    context: unknown,
  ): void => {
    const { request, response } = makeExchange(uws, given, this.limits.messageBytesMax);
    const gate = new UwsUpgradeGate(request, response);
    this.serveUpgrade(gate, this.offer(request, response, context));
  };

  private offer(request: IncomingMessage, response: UwsResponse, context: unknown): WebSocketOffer {
    return {
      request,
      takeHeaders: () => response.takeHeaders(),
      accept: (headers, codec, done) => {
        const error = checkUpgrade(request);
        if (error !== undefined) {
          const { code } = requestErrors.BAD_REQUEST;
          response.refuse(error.status, { code, message: error.message });
          done(error);
          return;
        }
        const { bufferedBytesMax } = this.limits;
        const wire = codec ?? plainFrames;
        const transport = new CodedWebSocketTransport(nobody, bufferedBytesMax, wire);
        const userData: UserData = { transport, done, line: undefined };
        response.upgrade(headers, userData, context);
      },
    };
  }
}

function lineOf(webSocket: UwsWebSocket): UwsLine | undefined {
  return (webSocket.getUserData() as UserData).line;
}

function onMessage(webSocket: UwsWebSocket, message: ArrayBuffer, isBinary: boolean): void {
  const line = lineOf(webSocket);
  if (line === undefined) return;
  // As a chunk of our own WebSocket layer: what it brings is handed over at its end.
  const outermost = beginChunk();
  let read = false;
  try {
    line.onMessage(message, isBinary);
    read = true;
  } finally {
    if (outermost) endChunk(read);
  }
}

function onOpen(webSocket: UwsWebSocket): void {
  const userData = webSocket.getUserData() as UserData;
  const line = new UwsLine(webSocket, userData.transport);
  userData.line = line;
  userData.transport.line = line;
  const { done } = userData;
  // It would hold the request as long as the websocket lives.
  userData.done = undefined;
  done?.(userData.transport);
}
