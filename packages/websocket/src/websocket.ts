import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { closePayload } from "./close.ts";
import { Connection } from "./connection.ts";
import type { WrittenCallback } from "./write-queue.ts";
import { WebSocketError } from "./errors.ts";
import { WebSocketEmitter } from "./events.ts";
import { BINARY, TEXT } from "./frame/header.ts";
import { checkProtocols, parseAddress } from "./handshake/address.ts";
import { HandshakeRequest } from "./handshake/request.ts";
import { setUp } from "./handshake/set-up.ts";
import type { SetUp } from "./handshake/set-up.ts";
import { CLOSED, CLOSING, CONNECTING, Link, OPEN } from "./link.ts";
import type { BinaryType } from "./link.ts";
import type { ClientOptions, CommonOptions } from "./options.ts";

/** What can be sent: text as a string, binary as any view or buffer. A number is sent as its decimal text. */
export type SendData = string | number | ArrayBufferView | ArrayBufferLike;

/** How one message is sent. */
export interface SendOptions {
  /** Binary or text. Default: text for a string or a number, binary for everything else. */
  binary?: boolean | undefined;
  /** Whether this ends the message. Default true; `false` leaves the rest of it to the next `send`. */
  fin?: boolean | undefined;
  /** Whether to compress, where compression was negotiated. */
  compress?: boolean | undefined;
}

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

  /** Where a client connects to, after redirects; empty on a server. */
  url = "";
  private readonly link: Link;
  /** Valid while a client is CONNECTING. */
  private handshake: HandshakeRequest | undefined = undefined;

  /**
   * @param address The URL: `ws:`, `wss:`, `http:`, `https:`, or `ws+unix:/socket:/path`. `null` makes the socket of a
   *   server, which a `WebSocketServer` opens.
   * @param protocols Subprotocols to offer, the preferred first.
   * @throws SyntaxError when the address is no such URL, or a protocol is not a token or comes twice.
   */
  constructor(
    address: string | URL | null,
    protocols?: string | readonly string[] | ClientOptions,
    options: ClientOptions = {},
  ) {
    super();
    this.link = new Link(this);
    if (address === null) return;
    const given =
      typeof protocols === "object" && !Array.isArray(protocols)
        ? (protocols as ClientOptions)
        : options;
    const names =
      protocols === given ? undefined : (protocols as string | readonly string[] | undefined);
    this.connect(String(address), checkProtocols(names), given);
  }

  get CONNECTING(): 0 {
    return CONNECTING;
  }
  get OPEN(): 1 {
    return OPEN;
  }
  get CLOSING(): 2 {
    return CLOSING;
  }
  get CLOSED(): 3 {
    return CLOSED;
  }

  /** `CONNECTING` (0), `OPEN` (1), `CLOSING` (2) or `CLOSED` (3). */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.link.readyState;
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

  /** The extensions that were agreed on: none, so far. */
  get extensions(): string {
    return "";
  }

  /** Bytes that were sent and that the kernel has not taken yet; what is sent after closing stays in it for ever. */
  get bufferedAmount(): number {
    return (this.link.connection?.bufferedAmount ?? 0) + this.link.lateBytes;
  }

  /** Whether `pause` was called. */
  get isPaused(): boolean {
    return this.link.connection?.isPaused ?? false;
  }

  /**
   * Sends a message. Small ones of one tick leave together. A buffer may be used again as soon as this has returned,
   * unless it has 16 KiB or more: then when `callback` is called.
   *
   * @param callback Called when the kernel has taken the message, or with an error when it never will.
   * @throws WebSocketError `WS_NOT_OPEN` while CONNECTING, `WS_ARGUMENT` for data that cannot be sent.
   */
  send(data: SendData, callback?: WrittenCallback): void;
  send(data: SendData, options: SendOptions | undefined, callback?: WrittenCallback): void;
  send(data: SendData, second?: SendOptions | WrittenCallback, third?: WrittenCallback): void {
    const options = typeof second === "function" ? undefined : second;
    const callback = typeof second === "function" ? second : third;
    const payload = toPayload(data);
    if (!this.mayWrite(payload, callback)) return;
    const binary = options?.binary ?? typeof payload !== "string";
    this.link.send(binary ? BINARY : TEXT, payload, options?.fin !== false);
    if (callback !== undefined) this.link.connection?.afterFlush(callback);
  }

  /**
   * Sends a ping; the peer's answer comes as the `pong` event.
   *
   * @param mask Is ignored: a client's frames are always masked, a server's never.
   * @throws WebSocketError `WS_NOT_OPEN` while CONNECTING; RangeError when the data is longer than 125 bytes.
   */
  ping(callback?: WrittenCallback): void;
  ping(data: SendData | undefined, callback?: WrittenCallback): void;
  ping(data: SendData | undefined, mask: boolean | undefined, callback?: WrittenCallback): void;
  ping(...args: unknown[]): void {
    this.control("ping", args);
  }

  /** Sends a pong that no ping asked for. Parameters and errors as with `ping`. */
  pong(callback?: WrittenCallback): void;
  pong(data: SendData | undefined, callback?: WrittenCallback): void;
  pong(data: SendData | undefined, mask: boolean | undefined, callback?: WrittenCallback): void;
  pong(...args: unknown[]): void {
    this.control("pong", args);
  }

  /**
   * Starts the close handshake, after everything that was sent. While CONNECTING, gives up the handshake.
   *
   * @param code 1000 to 1014 as RFC 6455 allows, or 3000 to 4999.
   * @param reason At most 123 bytes.
   * @throws WebSocketError `WS_ARGUMENT` when code or reason cannot be sent.
   */
  close(code?: number, reason?: string | Uint8Array): void {
    const { link } = this;
    if (link.readyState === CLOSED) return;
    closePayload(code, reason);
    if (link.readyState === CONNECTING) {
      this.handshake?.abort();
      return;
    }
    link.connection?.close(code, reason);
    link.readyState = CLOSING;
  }

  /** Destroys the connection at once. */
  terminate(): void {
    const { link } = this;
    if (link.readyState === CLOSED) return;
    if (link.readyState === CONNECTING) {
      this.handshake?.abort();
      return;
    }
    link.readyState = CLOSING;
    link.connection?.terminate();
  }

  /** Stops reading. Messages that were read already still arrive. Does nothing unless the socket is open. */
  pause(): void {
    if (this.readyState === OPEN || this.readyState === CLOSING) this.link.connection?.pause();
  }

  /** Reads on after `pause`. */
  resume(): void {
    if (this.readyState === OPEN || this.readyState === CLOSING) this.link.connection?.resume();
  }

  private control(kind: "ping" | "pong", args: unknown[]): void {
    const callback = args.find((arg) => typeof arg === "function") as WrittenCallback | undefined;
    const data =
      typeof args[0] === "function" || args[0] === undefined ? "" : (args[0] as SendData);
    const payload = toPayload(data);
    if (!this.mayWrite(payload, callback)) return;
    const { connection } = this.link;
    connection?.[kind](typeof payload === "string" ? payload : Buffer.from(payload));
    if (callback !== undefined) connection?.afterFlush(callback);
  }

  private mayWrite(payload: string | Uint8Array, callback: WrittenCallback | undefined): boolean {
    const { link } = this;
    if (link.readyState === OPEN) return true;
    const state = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"][link.readyState] as string;
    const error = new WebSocketError("WS_NOT_OPEN", `readyState ${link.readyState} (${state})`);
    if (link.readyState === CONNECTING) throw error;
    link.lateBytes += typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
    if (callback !== undefined) process.nextTick(callback, error);
    return false;
  }

  private connect(address: string, protocols: readonly string[], options: ClientOptions): void {
    const parsed = parseAddress(address);
    this.url = parsed.url;
    this.handshake = new HandshakeRequest(parsed, protocols, options, {
      onAccepted: (socket, head, protocol) => this.onAccepted(socket, head, protocol, options),
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
        this.url = url;
        this.emit("redirect", url, request);
      },
      onUnexpected: (request, response) => this.emit("unexpected-response", request, response),
    });
    this.handshake.start();
  }

  private onAccepted(socket: Duplex, head: Buffer, protocol: string, options: ClientOptions): void {
    this.handshake = undefined;
    const connection = new Connection(socket, setUp("client", toSetUp(options)), this.link);
    this.link.open(connection, protocol);
    connection.start(head);
    this.emit("open");
  }
}

/** What stands behind a WebSocket, for the server that opens it. */
export function linkOf(socket: WebSocket): Link {
  return socket["link"];
}

/** The public options in this package's words. */
export function toSetUp(options: CommonOptions): Partial<SetUp> {
  return {
    payloadBytesMax: options.maxPayload === 0 ? Infinity : options.maxPayload,
    fragmentsMax: options.maxFragments,
    closeTimeoutMs: options.closeTimeout,
    skipUtf8Check: options.skipUTF8Validation,
    manualPong: options.autoPong === false,
  };
}

function toPayload(data: SendData): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (typeof data === "number") return String(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || (data as unknown) instanceof SharedArrayBuffer)
    return new Uint8Array(data);
  throw new WebSocketError(
    "WS_ARGUMENT",
    "data must be a string, a Buffer, a view or an ArrayBuffer",
  );
}
