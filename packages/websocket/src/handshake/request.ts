import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as netConnect, isIP } from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import { perMessageDeflate } from "../deflate/per-message-deflate.ts";
import type { PerMessageDeflate } from "../deflate/per-message-deflate.ts";
import { WebSocketError } from "../errors.ts";
import type { Extension } from "../connection/extension.ts";
import { redirectsMax } from "../limits.ts";
import type { ClientOptions } from "../options.ts";
import { acceptKey } from "./accept.ts";
import { hostHeader, parseAddress } from "./address.ts";
import type { Address } from "./address.ts";

/** What a client's handshake leads to. Exactly one of `onAccepted` and `onFailure` is called, once. */
export interface RequestHandler {
  onAccepted(
    socket: Duplex,
    head: Buffer,
    protocol: string,
    extension: Extension | undefined,
  ): void;
  onFailure(error: Error): void;
  /** Sends the request. */
  onRequest(request: ClientRequest): void;
  onResponse(response: IncomingMessage): void;
  onRedirect(url: string, request: ClientRequest): void;
  /** Whether somebody listens to redirects, and so decides by himself which headers a redirect gets. */
  listensToRedirects(): boolean;
  /** An answer other than 101 or a redirect; whether somebody else deals with it. */
  onUnexpected(request: ClientRequest, response: IncomingMessage): boolean;
}

/** A client's opening handshake (RFC 6455, section 4.1), over as many redirects as are allowed. */
export class HandshakeRequest {
  /** Where the handshake is now: changes with each redirect. */
  address: Address;
  private readonly first: Address;
  private readonly protocols: readonly string[];
  private readonly options: ClientOptions;
  private readonly handler: RequestHandler;
  /** Offered unless the option is false. */
  private readonly deflate: PerMessageDeflate | undefined;
  private request: ClientRequest | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;
  private redirects = 0;
  /** Whether credentials may still be sent: not after a redirect to another host, or from TLS to none. */
  private trusted = true;
  /** Whether a redirect has led to another host, which the application's `Host` header does not name. */
  private moved = false;
  private done = false;

  constructor(
    address: Address,
    protocols: readonly string[],
    options: ClientOptions,
    handler: RequestHandler,
  ) {
    this.address = address;
    const { protocolVersion = 13 } = options;
    if (protocolVersion !== 13 && protocolVersion !== 8)
      throw new RangeError(`the option protocolVersion is 8 or 13, not ${String(protocolVersion)}`);
    this.first = address;
    this.protocols = protocols;
    this.options = options;
    this.handler = handler;
    const { perMessageDeflate: deflate = true } = options;
    this.deflate = perMessageDeflate(deflate);
  }

  start(): void {
    this.send();
  }

  /** Gives up. `onFailure` gets the error. */
  abort(): void {
    this.fail(new WebSocketError("WS_HANDSHAKE_ABORTED"));
  }

  private send(redirectedTo?: string): void {
    const key = randomBytes(16).toString("base64");
    const { address } = this;
    const request = (address.secure ? httpsRequest : httpRequest)(this.requestOptions(key));
    this.request = request;
    this.startTimer();
    request.on("error", (error) => {
      if (this.request === request) this.fail(error);
    });
    request.on("response", (response) => this.onResponse(request, response));
    request.on("upgrade", (response, socket, head) => {
      // A late answer to a handshake that was given up.
      if (this.done || this.request !== request) socket.destroy();
      else this.onUpgrade(key, response, socket, head);
    });
    if (redirectedTo !== undefined) this.handler.onRedirect(redirectedTo, request);
    if (!request.destroyed) this.handler.onRequest(request);
  }

  private requestOptions(key: string): RequestOptions {
    const { address, options } = this;
    const headers: Record<string, unknown> = {
      "Sec-WebSocket-Version": String(options.protocolVersion ?? 13),
      "Sec-WebSocket-Key": key,
      Connection: "Upgrade",
      Upgrade: "websocket",
      Host: hostHeader(address),
    };
    if (this.protocols.length > 0) headers["Sec-WebSocket-Protocol"] = this.protocols.join(",");
    if (this.deflate !== undefined) headers["Sec-WebSocket-Extensions"] = this.deflate.offer;
    if (options.origin !== undefined) {
      headers[options.protocolVersion === 8 ? "Sec-WebSocket-Origin" : "Origin"] = options.origin;
    }
    const decided = this.redirects > 0 && this.handler.listensToRedirects();
    const trusted = this.trusted || decided;
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (trusted || !isCredential(name, this.moved)) headers[name] = value;
    }
    const auth = (trusted ? (this.first.auth ?? options.auth) : undefined) ?? address.auth ?? null;
    const connect = address.secure ? connectTls : connectPlain;
    // What is left in the options is for node:tls.
    return {
      ...options,
      method: "GET",
      protocol: undefined,
      hostname: undefined,
      host: address.host,
      port: address.port,
      path: address.path,
      socketPath: address.socketPath,
      auth,
      headers,
      createConnection:
        options.createConnection ?? (options.agent === undefined ? connect : undefined),
    } as RequestOptions;
  }

  private onUpgrade(key: string, response: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.handler.onResponse(response);
    if (this.done) {
      socket.destroy();
      return;
    }
    const extension = this.extensionOf(response);
    const problem =
      this.problemOf(key, response) ?? (typeof extension === "string" ? extension : undefined);
    if (problem !== undefined) {
      socket.destroy();
      this.fail(new WebSocketError("WS_HANDSHAKE_RESPONSE", problem));
      return;
    }
    this.finish();
    const protocol = response.headers["sec-websocket-protocol"] ?? "";
    this.handler.onAccepted(socket, head, protocol, extension as Extension | undefined);
  }

  /** What is wrong with the server's answer (RFC 6455, section 4.1, the last list). */
  private problemOf(key: string, response: IncomingMessage): string | undefined {
    const { headers } = response;
    if (headers.upgrade?.toLowerCase() !== "websocket")
      return "its Upgrade header is not websocket";
    if (headers["sec-websocket-accept"] !== acceptKey(key))
      return "its Sec-WebSocket-Accept header is wrong";
    const protocol = headers["sec-websocket-protocol"];
    if (protocol === undefined && this.protocols.length > 0) return "it chose no subprotocol";
    if (protocol !== undefined && !this.protocols.includes(protocol))
      return "it chose a subprotocol that was not offered";
    return undefined;
  }

  /** The extension that the server has chosen, or what is wrong with its choice. */
  private extensionOf(response: IncomingMessage): Extension | string | undefined {
    const header = response.headers["sec-websocket-extensions"];
    if (header === undefined) return undefined;
    return this.deflate?.check(header) ?? "it chose an extension that was not offered";
  }

  private onResponse(request: ClientRequest, response: IncomingMessage): void {
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (
      this.options.followRedirects === true &&
      location !== undefined &&
      status >= 300 &&
      status < 400
    ) {
      response.resume();
      request.destroy();
      this.redirect(location);
    } else if (!this.handler.onUnexpected(request, response)) {
      request.destroy();
      this.fail(new WebSocketError("WS_UNEXPECTED_RESPONSE", String(status)));
    }
  }

  private redirect(location: string): void {
    if (++this.redirects > (this.options.maxRedirects ?? redirectsMax)) {
      this.fail(new WebSocketError("WS_REDIRECTS"));
      return;
    }
    try {
      this.address = parseAddress(location, this.address.url);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    const { first, address } = this;
    // Once left, the circle of trust stays left: a chain of redirects may not lead credentials back out of it.
    this.moved ||=
      first.host !== address.host ||
      first.port !== address.port ||
      first.socketPath !== address.socketPath;
    if (this.moved || (first.secure && !address.secure)) this.trusted = false;
    this.send(this.address.url);
  }

  /** Each request of the handshake has its time. */
  private startTimer(): void {
    const { handshakeTimeout = 0 } = this.options;
    clearTimeout(this.timer);
    if (handshakeTimeout <= 0) return;
    const fail = (): void => this.fail(new WebSocketError("WS_HANDSHAKE_TIMEOUT"));
    this.timer = setTimeout(fail, handshakeTimeout);
  }

  private fail(error: Error): void {
    if (this.done) return;
    const { request } = this;
    this.finish();
    request?.destroy();
    this.handler.onFailure(error);
  }

  private finish(): void {
    this.done = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** Headers that say who is asking, and after a move whom. */
function isCredential(name: string, moved: boolean): boolean {
  const lower = name.toLowerCase();
  return (
    lower === "authorization" ||
    lower === "cookie" ||
    lower === "proxy-authorization" ||
    (moved && lower === "host")
  );
}

function connectPlain(options: NetConnectOpts & { socketPath?: string }): Socket {
  return netConnect({ ...options, path: options.socketPath } as NetConnectOpts);
}

function connectTls(
  options: NetConnectOpts & { socketPath?: string; host: string; servername?: string },
): Socket {
  return tlsConnect({
    ...options,
    path: options.socketPath,
    servername: options.servername ?? (isIP(options.host) ? "" : options.host),
  } as never);
}
