import type { ClientRequest, ClientRequestArgs, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { closePayload } from "../connection/close.ts";
import { Connection } from "../connection/connection.ts";
import { asOfBrowsers, WebSocketEmitter } from "./events.ts";
import { dispatch, notOpen, sendLate } from "./dispatch.ts";
import { checkProtocols, parseAddress } from "../handshake/address.ts";
import { HandshakeRequest } from "../handshake/request.ts";
import { setUp } from "../handshake/set-up.ts";
import { CLOSED, CLOSING, CONNECTING, Link, OPEN } from "./link.ts";
import type { BinaryType } from "./link.ts";
import { lineRules } from "./line-rules.ts";
import type { LineRules } from "./line-rules.ts";
import { MessageLoop } from "./message-loop.ts";
import type { ReceivedMessage } from "./message-loop.ts";
import { toSetUp } from "../options.ts";
import type { ClientOptions, SendOptions } from "../options.ts";
import type {
  AcceptOptions,
  acceptUpgrade,
  AddressInfo,
  CertMeta,
  ClientInfo,
  clientLimits,
  CloseEvent,
  CommonOptions,
  ConnectionHandler,
  ConnectionOptions,
  createWebSocketStream,
  Data,
  ErrorEvent,
  errorTable,
  Event,
  EventListenerOptions,
  Fault,
  FinishRequestCallback,
  frameBinary,
  FrameError,
  frameText,
  HandshakeError,
  HandshakeErrorCode,
  MessageEvent,
  PerMessageDeflateOptions,
  prepare,
  PreparedMessage,
  RawData,
  refuseUpgrade,
  Server,
  serverLimits,
  ServerOptions,
  VerifyAnswer,
  VerifyClient,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  WebSocketError,
  WebSocketErrorCode,
  WebSocketEvent,
  WebSocketEventMap,
  WebSocketEvents,
  WebSocketLimits,
  WebSocketListener,
  WebSocketServerEvents,
  WsErrorCode,
} from "../named.ts";
import { OwnFrames } from "./own-frames.ts";
import { handlerOf } from "./paced-handler.ts";
import { payloadBytes, toPayload } from "./payload.ts";
import type { SendData } from "./payload.ts";
import type { WrittenCallback } from "../connection/write-queue.ts";

/** Written as the types of `ws` have it: the error is undefined when there is none. */
type ControlCallback = (error: Error) => void;

/**
 * A WebSocket, on either side: made by `new WebSocket(url)` on a client, and handed out by a `WebSocketServer`.
 *
 * Listen with `on("message", (data, isBinary) => …)`, where text comes as its bytes, or with `addEventListener` and
 * `onmessage`, where it comes as a string.
 *
 * @example
 * const socket = new WebSocket("wss://example.org/feed");
 * socket.on("open", () => socket.send("hello"));
 * socket.on("message", (data) => console.log(data.toString()));
 */
export class WebSocket extends WebSocketEmitter {
  static readonly CONNECTING: 0 = CONNECTING;
  static readonly OPEN: 1 = OPEN;
  static readonly CLOSING: 2 = CLOSING;
  static readonly CLOSED: 3 = CLOSED;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  private readonly link: Link;
  private address: string | undefined = undefined;
  /** Valid while a client is CONNECTING. */
  private handshake: HandshakeRequest | undefined = undefined;

  /**
   * @param address The URL: `ws:`, `wss:`, `http:`, `https:`, or `ws+unix:/socket:/path`. `null` makes the socket of a
   *   server, which a `WebSocketServer` opens.
   * @param protocols Subprotocols to offer, the preferred first.
   * @throws SyntaxError when the address is no such URL, or a protocol is not a token or comes twice. RangeError when
   *   `protocolVersion` is neither 8 nor 13.
   */
  constructor(address: null, protocols?: undefined, options?: ClientOptions);
  constructor(address: string | URL, options?: ClientOptions | ClientRequestArgs);
  constructor(
    address: string | URL,
    protocols?: string | readonly string[],
    options?: ClientOptions | ClientRequestArgs,
  );
  constructor(
    address: string | URL | null,
    protocols?: string | readonly string[] | object | null,
    options?: object,
  ) {
    super();
    this.link = new Link(this);
    if (address === null) return;
    const named = typeof protocols === "string" || Array.isArray(protocols);
    const given = named ? options : (protocols ?? options);
    this.connect(
      String(address),
      checkProtocols(named ? (protocols as string | readonly string[]) : undefined),
      given ?? {},
    );
  }

  /** `CONNECTING` (0), `OPEN` (1), `CLOSING` (2) or `CLOSED` (3). */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.link.readyState;
  }

  /** Where a client connects to, after redirects; undefined on a server. */
  get url(): string {
    return this.address as string;
  }

  /** How binary messages are handed over. Default `nodebuffer`: a Buffer. */
  get binaryType(): BinaryType {
    return this.link.binaryType;
  }
  set binaryType(type: BinaryType) {
    if (["nodebuffer", "arraybuffer", "fragments", "blob"].includes(type))
      this.link.binaryType = type;
  }

  /** The subprotocol that was agreed on, or an empty string. */
  get protocol(): string {
    return this.link.protocol;
  }

  /** The name of the extension that was agreed on, `permessage-deflate`; an empty string when there is none. */
  get extensions(): string {
    return this.link.connection?.extensions.split(";", 1)[0] ?? "";
  }

  /**
   * Bytes that were sent and that the kernel has not taken yet, those of a Blob that is being read among them; what is
   * sent after closing stays in it for ever.
   */
  get bufferedAmount(): number {
    const { connection, blobs, lateBytes } = this.link;
    return (connection?.bufferedAmount ?? 0) + (blobs?.bytes ?? 0) + lateBytes;
  }

  /** Whether `pause` was called. */
  get isPaused(): boolean {
    return this.link.connection?.isPaused ?? false;
  }

  /** The socket below. Not for new code: what was written for `ws` looks at its `remoteAddress` and the like. */
  get _socket(): Duplex | null {
    return this.link.connection?.socket ?? null;
  }

  /**
   * Sends a message. Small ones of one tick leave together. A buffer may be used again as soon as this has returned,
   * unless it has 16 KiB or more: then when `callback` is called. A Blob is read first; what is sent in the meantime
   * waits for it.
   *
   * @returns Whether there is room for more. If not, `drain` is emitted, and `drained()` settles, when there is.
   * @param callback Called when the kernel has taken the message, or with an error when it never will.
   * @throws WebSocketError `WS_NOT_OPEN` while CONNECTING; TypeError for data that cannot be sent.
   */
  send(data: SendData | PreparedMessage, callback?: WrittenCallback): boolean;
  send(
    data: SendData | PreparedMessage,
    options: SendOptions | undefined,
    callback?: WrittenCallback,
  ): boolean;
  send(
    data: SendData | PreparedMessage,
    second?: SendOptions | WrittenCallback,
    third?: WrittenCallback,
  ): boolean {
    const options = typeof second === "function" ? undefined : second;
    const callback = typeof second === "function" ? second : third;
    return dispatch(this.link, data, options, callback) === "room";
  }

  /**
   * Waits until the kernel has taken everything that was sent so far.
   *
   * @throws WebSocketError `WS_NOT_OPEN` unless the socket is open, and when it closes before.
   * @example
   * for (const row of table) if (!socket.send(row)) await socket.drained();
   */
  drained(): Promise<void> {
    const { link } = this;
    if (link.readyState !== OPEN) return Promise.reject(notOpen(link));
    return new Promise((resolve, reject) => {
      link.afterFlush((error) => (error ? reject(error) : resolve()));
    });
  }

  /** Messages that were dropped, as the option `overflow` says. */
  get dropped(): number {
    return this.link.overflow?.dropped ?? 0;
  }

  /** Milliseconds of the last round trip that the heartbeat has measured; undefined before, and without one. */
  get rtt(): number | undefined {
    return this.link.heartbeat?.rtt;
  }

  /**
   * The messages, until the connection is closed: text as a string, binary as `binaryType` says. Reading pauses while
   * the loop's body is slow. `break` leaves the socket open; the next loop goes on with what had come by then.
   *
   * @throws WebSocketError `WS_ARGUMENT` while another loop reads the socket. The loop throws what `error` listeners are
   *   told, and `WS_LINE_LOST` when the line ends without a close frame, unless `terminate` was called.
   * @example
   * for await (const { data, isBinary } of socket) console.log(isBinary ? data.byteLength : data);
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReceivedMessage, undefined> {
    return new MessageLoop(this);
  }

  /**
   * Sends a ping; the peer's answer comes as the `pong` event.
   *
   * @param mask Is ignored: a client's frames are always masked, a server's never.
   * @throws WebSocketError `WS_NOT_OPEN` while CONNECTING; RangeError when the data is longer than 125 bytes.
   */
  ping(callback?: ControlCallback): void;
  ping(data: unknown, callback?: ControlCallback): void;
  ping(data: unknown, mask: boolean | undefined, callback?: ControlCallback): void;
  ping(...args: unknown[]): void {
    this.control("ping", args);
  }

  /** Sends a pong that no ping asked for. Parameters and errors as with `ping`. */
  pong(callback?: ControlCallback): void;
  pong(data: unknown, callback?: ControlCallback): void;
  pong(data: unknown, mask: boolean | undefined, callback?: ControlCallback): void;
  pong(...args: unknown[]): void {
    this.control("pong", args);
  }

  /**
   * Starts the close handshake, after everything that was sent. While CONNECTING, gives up the handshake.
   *
   * @param code 1000 to 1014 as RFC 6455 allows, or 3000 to 4999.
   * @param reason At most 123 bytes; nothing without a code.
   * @throws WebSocketError `WS_ARGUMENT` when code or reason cannot be sent.
   */
  close(code?: number, reason?: string | Uint8Array): void {
    const { link } = this;
    if (link.readyState === CONNECTING) this.handshake?.abort();
    if (link.readyState !== OPEN) return;
    const said = code === undefined ? undefined : reason;
    closePayload(code, said);
    link.close(code, said);
  }

  /** Destroys the connection at once. */
  terminate(): void {
    const { link } = this;
    if (link.readyState === CONNECTING) this.handshake?.abort();
    if (link.connection === undefined || link.readyState === CLOSED) return;
    link.readyState = CLOSING;
    // The application knows why.
    link.verdict ??= "";
    link.connection.terminate();
  }

  /** Stops reading. Messages that were read already still arrive. Does nothing while CONNECTING or CLOSED. */
  pause(): void {
    if (this.readyState === OPEN || this.readyState === CLOSING) this.link.connection?.pause();
  }

  /** Reads on after `pause`. */
  resume(): void {
    if (this.readyState !== OPEN && this.readyState !== CLOSING) return;
    this.link.connection?.resume();
    this.link.heartbeat?.onResume();
  }

  private control(kind: "ping" | "pong", args: unknown[]): void {
    const { link } = this;
    const callback = args.find((arg) => typeof arg === "function") as WrittenCallback | undefined;
    if (link.readyState === CONNECTING) throw notOpen(link);
    const payload = toPayload(typeof args[0] === "function" ? undefined : (args[0] as string));
    if (link.readyState !== OPEN) sendLate(link, payloadBytes(payload), callback);
    else link.control(kind, payload, callback);
  }

  private connect(address: string, protocols: readonly string[], options: ClientOptions): void {
    const parsed = parseAddress(address);
    const rules = lineRules(options, "client");
    this.address = parsed.url;
    this.handshake = new HandshakeRequest(parsed, protocols, options, {
      onAccepted: (socket, head, protocol, extension) => {
        const setup = setUp("client", toSetUp(options));
        if (options.generateMask !== undefined)
          this.link.frames = new OwnFrames(options.generateMask, true);
        const handler = handlerOf(this.link, options.allowSynchronousEvents);
        this.onAccepted(new Connection(socket, setup, handler, extension), head, protocol, rules);
      },
      onFailure: (error) => {
        this.handshake = undefined;
        this.link.abort(error);
      },
      onRequest: (request: ClientRequest) => {
        if (options.finishRequest === undefined) request.end();
        else options.finishRequest(request, this);
      },
      onResponse: (response: IncomingMessage) => this.emit("upgrade", response),
      onRedirect: (url, request) => {
        this.address = url;
        this.emit("redirect", url, request);
      },
      listensToRedirects: () => this.listenerCount("redirect") > 0,
      onUnexpected: (request, response) => this.emit("unexpected-response", request, response),
    });
    this.handshake.start();
  }

  private onAccepted(
    connection: Connection,
    head: Buffer,
    protocol: string,
    rules: LineRules,
  ): void {
    this.handshake = undefined;
    this.link.open(connection, protocol, rules);
    connection.start(head);
    this.emit("open");
  }
}

// What stands on the class: CommonJS has nothing else, and software for `ws` writes `WebSocket.Server`, `WebSocket.RawData`.
// `shape.ts` puts the values there.
type Class = typeof WebSocket;
type Instance = WebSocket;
interface Values {
  WebSocketServer: typeof Server;
  CloseEvent: typeof CloseEvent;
  Connection: typeof Connection;
  ErrorEvent: typeof ErrorEvent;
  HandshakeError: typeof HandshakeError;
  MessageEvent: typeof MessageEvent;
  WebSocketError: typeof WebSocketError;
  WebSocketEvent: typeof WebSocketEvent;
  PreparedMessage: typeof PreparedMessage;
  acceptUpgrade: typeof acceptUpgrade;
  prepare: typeof prepare;
  clientLimits: typeof clientLimits;
  createWebSocketStream: typeof createWebSocketStream;
  errorTable: typeof errorTable;
  frameBinary: typeof frameBinary;
  frameText: typeof frameText;
  refuseUpgrade: typeof refuseUpgrade;
  serverLimits: typeof serverLimits;
}
export declare namespace WebSocket {
  export {
    type AcceptOptions,
    type AddressInfo,
    type BinaryType,
    type CertMeta,
    type ClientInfo,
    type ClientOptions,
    type CommonOptions,
    type ConnectionHandler,
    type ConnectionOptions,
    type Data,
    type Event,
    type EventListenerOptions,
    type Fault,
    type FinishRequestCallback,
    type FrameError,
    type HandshakeErrorCode,
    type PerMessageDeflateOptions,
    type RawData,
    type SendData,
    type SendOptions,
    type ServerOptions,
    type VerifyAnswer,
    type VerifyClient,
    type VerifyClientCallbackAsync,
    type VerifyClientCallbackSync,
    type WebSocketErrorCode,
    type WebSocketEventMap,
    type WebSocketEvents,
    type WebSocketLimits,
    type WebSocketListener,
    type WebSocketServerEvents,
    type WrittenCallback,
    type WsErrorCode,
  };
  export const WebSocket: Class;
  export type WebSocket = Instance;
  export const WebSocketServer: Values["WebSocketServer"];
  export type WebSocketServer<
    Socket extends Class = Class,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = Server<Socket, Request>;
  export { WebSocketServer as Server };
  export const CloseEvent: Values["CloseEvent"];
  export type CloseEvent = InstanceType<Values["CloseEvent"]>;
  export const Connection: Values["Connection"];
  export type Connection = InstanceType<Values["Connection"]>;
  export const ErrorEvent: Values["ErrorEvent"];
  export type ErrorEvent = InstanceType<Values["ErrorEvent"]>;
  export const HandshakeError: Values["HandshakeError"];
  export type HandshakeError = InstanceType<Values["HandshakeError"]>;
  export const MessageEvent: Values["MessageEvent"];
  export type MessageEvent = InstanceType<Values["MessageEvent"]>;
  export const WebSocketError: Values["WebSocketError"];
  export type WebSocketError = InstanceType<Values["WebSocketError"]>;
  export const WebSocketEvent: Values["WebSocketEvent"];
  export type WebSocketEvent = InstanceType<Values["WebSocketEvent"]>;
  export const PreparedMessage: Values["PreparedMessage"];
  export type PreparedMessage = InstanceType<Values["PreparedMessage"]>;
  export const prepare: Values["prepare"];
  export const acceptUpgrade: Values["acceptUpgrade"];
  export const clientLimits: Values["clientLimits"];
  export const createWebSocketStream: Values["createWebSocketStream"];
  export const errorTable: Values["errorTable"];
  export const frameBinary: Values["frameBinary"];
  export const frameText: Values["frameText"];
  export const refuseUpgrade: Values["refuseUpgrade"];
  export const serverLimits: Values["serverLimits"];
}

asOfBrowsers(WebSocket);

/** What stands behind a WebSocket, for the server that opens it. */
export function linkOf(socket: WebSocket): Link {
  return socket["link"];
}
