import { checkUpgrade } from "@hawser/websocket/internal";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { requestErrors } from "../errors.ts";
import type { UpgradeGate } from "../http/gate.ts";
import { headerLines } from "../http/reply.ts";
import type { ReplyHeaders } from "../http/reply.ts";
import { CodedWebSocketTransport } from "./coded-websocket.ts";
import { plainFrames } from "./frame-codec.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { nobody } from "./websocket-acceptor.ts";
import type { AcceptCallback, WebSocketAcceptor } from "./websocket-acceptor.ts";
import type {
  WebSocketLine,
  WebSocketLineHandler,
  WebSocketTransportLimits,
} from "./websocket-base.ts";

/** What is used of a WebSocket of the class given as `wsEngine`: the habit of npm ws. */
export interface ForeignWebSocket {
  readonly bufferedAmount?: number;
  on(event: string, listener: (...what: never[]) => void): unknown;
  send(data: string | Uint8Array, options: object, callback: (error?: Error) => void): void;
  close(): void;
  terminate(): void;
}

/** What is used of the class itself. */
export interface ForeignServer {
  on?(event: "headers", listener: (lines: string[], request: IncomingMessage) => void): unknown;
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    callback: (webSocket: ForeignWebSocket) => void,
  ): void;
  close?(): void;
}

/** The option `wsEngine`: a class such as `Server` of npm ws or of eiows. */
export type WebSocketEngine = new (options: {
  noServer: true;
  clientTracking: false;
  perMessageDeflate: boolean | object;
  maxPayload: number;
}) => ForeignServer;

/** The acceptor on a WebSocket server of somebody else's. */
export class ForeignAcceptor implements WebSocketAcceptor {
  readonly server: ForeignServer;
  private readonly limits: WebSocketTransportLimits;
  /** Headers of answers that have not been written. */
  private readonly headers: WeakMap<IncomingMessage, ReplyHeaders> = new WeakMap();

  constructor(
    Engine: WebSocketEngine,
    perMessageDeflate: boolean | object,
    limits: WebSocketTransportLimits,
  ) {
    this.limits = limits;
    this.server = new Engine({
      noServer: true,
      clientTracking: false,
      perMessageDeflate,
      maxPayload: limits.messageBytesMax,
    });
    this.server.on?.("headers", (lines, request) => {
      lines.push(...headerLines(this.headers.get(request) ?? {}));
    });
  }

  accept(
    gate: UpgradeGate,
    headers: ReplyHeaders,
    codec: FrameCodec | undefined,
    done: AcceptCallback,
  ): void {
    const { request, socket, head } = gate;
    const error = checkUpgrade(request);
    if (error !== undefined) {
      const { code } = requestErrors.BAD_REQUEST;
      gate.refuse(error.status, { code, message: error.message });
      done(error);
      return;
    }
    this.headers.set(request, headers);
    gate.hold();
    this.server.handleUpgrade(request, socket, head, (webSocket) => {
      gate.release();
      const { bufferedBytesMax } = this.limits;
      const transport = new CodedWebSocketTransport(nobody, bufferedBytesMax, codec ?? plainFrames);
      transport.line = new ForeignLine(webSocket, transport);
      done(transport);
    });
  }

  close(): void {
    this.server.close?.();
  }
}

/** A WebSocket of somebody else's as our transports want it. */
class ForeignLine implements WebSocketLine {
  readonly webSocket: ForeignWebSocket;
  private readonly handler: WebSocketLineHandler;
  /** Frames that were sent and that the WebSocket has not called back for. */
  private unwritten = 0;
  private waiting: ((error?: Error | null) => void)[] = [];
  private drainRequested = false;

  constructor(webSocket: ForeignWebSocket, handler: WebSocketLineHandler) {
    this.webSocket = webSocket;
    this.handler = handler;
    webSocket.on("message", (data: Buffer | string, isBinary?: boolean) => {
      handler.onMessage(isBinary === false && typeof data !== "string" ? data.toString() : data);
    });
    webSocket.on("error", (error: Error) => handler.onError(error));
    webSocket.on("close", () => {
      this.settle(new Error("the websocket is closed"));
      handler.onClose();
    });
  }

  get idle(): boolean {
    return this.unwritten === 0;
  }

  get bufferedAmount(): number {
    return this.webSocket.bufferedAmount ?? 0;
  }

  sendText(text: string, compress = true): void {
    this.unwritten++;
    this.webSocket.send(text, { binary: false, compress }, this.onWritten);
  }

  sendBinary(data: Uint8Array, compress = true): void {
    this.unwritten++;
    this.webSocket.send(data, { binary: true, compress }, this.onWritten);
  }

  afterFlush(callback: (error?: Error | null) => void): void {
    if (this.unwritten === 0) process.nextTick(callback);
    else this.waiting.push(callback);
  }

  requestDrain(): void {
    if (this.drainRequested) return;
    this.drainRequested = true;
    this.afterFlush((error) => {
      this.drainRequested = false;
      if (error === undefined || error === null) this.handler.onDrain();
    });
  }

  close(): void {
    this.webSocket.close();
  }

  terminate(): void {
    this.webSocket.terminate();
  }

  private readonly onWritten = (): void => {
    this.unwritten--;
    if (this.unwritten === 0) this.settle(undefined);
  };

  private settle(error: Error | undefined): void {
    const { waiting } = this;
    this.waiting = [];
    for (const callback of waiting) callback(error);
  }
}
