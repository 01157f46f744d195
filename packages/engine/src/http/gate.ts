import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { RefusalBody, ReplyHeaders } from "./reply.ts";
import { refuseUpgrade, replyJson } from "./reply.ts";
import { UpgradeResponse } from "./upgrade-response.ts";

/**
 * The side of a request that the client waits at: an HTTP response, or the socket of an upgrade. Admission refuses
 * through it without knowing which it is.
 */
export interface Gate {
  readonly upgrade: boolean;
  readonly request: IncomingMessage;
  /** The response that middlewares see; made when first asked for. */
  response(): ServerResponse;
  /** What has been set on that response, by name in lower case. */
  header(name: string): unknown;
  /** Whether somebody else has answered, or the client has left. */
  readonly over: boolean;
  /** Calls back once, when the client leaves or somebody answers. */
  whenOver(callback: () => void): void;
  refuse(status: number, body: RefusalBody): void;
}

/** The gate of an HTTP request. */
export class HttpGate implements Gate {
  readonly upgrade: boolean = false;
  readonly request: IncomingMessage;
  private readonly httpResponse: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.httpResponse = response;
  }

  response(): ServerResponse {
    return this.httpResponse;
  }

  header(name: string): unknown {
    return this.httpResponse.getHeader(name);
  }

  get over(): boolean {
    const { httpResponse } = this;
    return httpResponse.headersSent || httpResponse.writableEnded || httpResponse.destroyed;
  }

  whenOver(callback: () => void): void {
    this.httpResponse.once("close", callback);
  }

  refuse(status: number, body: RefusalBody): void {
    replyJson(this.httpResponse, status, body);
  }
}

/** The gate of an upgrade request. Errors of its socket are harmless while the request waits, and when it is refused. */
export class UpgradeGate implements Gate {
  readonly upgrade = true;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** Bytes that came behind the request. */
  readonly head: Buffer;
  private upgradeResponse: UpgradeResponse | undefined = undefined;
  private refused = false;
  private held = false;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.request = request;
    this.socket = socket;
    this.head = head;
  }

  response(): ServerResponse {
    this.hold();
    return (this.upgradeResponse ??= new UpgradeResponse(this.request, this.socket));
  }

  header(name: string): unknown {
    return this.upgradeResponse?.getHeader(name);
  }

  /** Headers that middlewares want on the answer. */
  takeHeaders(): ReplyHeaders {
    return this.upgradeResponse === undefined ? {} : this.upgradeResponse.takeHeaders();
  }

  get over(): boolean {
    return this.refused || this.socket.destroyed || this.upgradeResponse?.writableEnded === true;
  }

  whenOver(callback: () => void): void {
    this.hold();
    this.socket.once("close", callback);
  }

  refuse(status: number, body: RefusalBody): void {
    // What is being refused may fail, also when it has been over before.
    this.hold();
    if (this.over) return;
    this.refused = true;
    const headers = { "Content-Type": "application/json" };
    refuseUpgrade(this.socket, status, headers, JSON.stringify(body));
  }

  /** The websocket has the socket now, with error handling of its own. */
  release(): void {
    if (this.held) this.socket.off("error", onRefusedSocketError);
    this.held = false;
  }

  /** Nobody else listens yet: a reset would end the process. A request that is admitted at once is spared this. */
  hold(): void {
    if (this.held) return;
    this.held = true;
    this.socket.on("error", onRefusedSocketError);
  }
}

/** A client that resets its line while it is being refused is nobody's concern. */
function onRefusedSocketError(): void {}
