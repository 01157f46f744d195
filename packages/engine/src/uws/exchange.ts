import { IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { CollectedResponse } from "../http/collected-response.ts";
import type { RefusalBody, ReplyHeaders } from "../http/reply.ts";
import type { UwsHttpRequest, UwsHttpResponse } from "./types.ts";

/** What µWebSockets.js writes itself. */
const ownHeaders = new Set(["content-length", "connection", "transfer-encoding", "date"]);

/** What stands for the socket of a request. */
class UwsSocket {
  readonly remoteAddress: string;
  /** Undefined once it is over: a connection keeps its socket, but is not to keep the response. */
  response: UwsResponse | undefined = undefined;

  constructor(remoteAddress: string) {
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.response?.cut();
  }
}

/** The response of a µWebSockets.js app as one of node:http, which is what middlewares and transports know. */
export class UwsResponse extends CollectedResponse {
  private readonly uws: UwsHttpResponse;
  /** Whether it is over: answered, given up by the client, or turned into a websocket. After that it must not be used. */
  private over = false;

  constructor(request: IncomingMessage, uws: UwsHttpResponse) {
    super(request);
    this.uws = uws;
    uws.onAborted(() => this.finishUp());
  }

  /** Turns it into a websocket, unless it is over. */
  upgrade(headers: ReplyHeaders, userData: object, context: unknown): void {
    if (this.over) return;
    this.setOver();
    const { uws } = this;
    const asked = this.req.headers;
    uws.cork(() => {
      uws.writeStatus("101 Switching Protocols");
      writeHeaders(uws, headers);
      uws.upgrade(
        userData,
        asked["sec-websocket-key"] ?? "",
        asked["sec-websocket-protocol"] ?? "",
        asked["sec-websocket-extensions"] ?? "",
        context,
      );
    });
  }

  /** Refuses with JSON, also when the headers of a 101 have been taken. */
  refuse(status: number, body: RefusalBody): void {
    if (this.writableEnded) return;
    this.finished = true;
    const headers = { "Content-Type": "application/json" };
    this.send(status, headers, Buffer.from(JSON.stringify(body)));
  }

  /** Ends the line without an answer. */
  cut(): void {
    if (!this.over) this.uws.close();
  }

  protected override send(status: number, headers: ReplyHeaders, body: Buffer): void {
    if (this.over) return;
    const { uws } = this;
    uws.cork(() => {
      uws.writeStatus(`${status} ${STATUS_CODES[status] ?? ""}`);
      writeHeaders(uws, headers);
      uws.end(body);
    });
    this.finishUp();
  }

  private setOver(): void {
    this.over = true;
    (this.req.socket as unknown as UwsSocket).response = undefined;
  }

  private finishUp(): void {
    if (this.over) return;
    this.setOver();
    process.nextTick(() => {
      this.destroyed = true;
      this.emit("close");
    });
  }
}

function writeHeaders(uws: UwsHttpResponse, headers: ReplyHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (ownHeaders.has(name.toLowerCase())) continue;
    for (const line of Array.isArray(value) ? value : [value]) uws.writeHeader(name, line);
  }
}

/** One request of a µWebSockets.js app and its answer, as node:http has them. */
export interface UwsExchange {
  readonly request: IncomingMessage;
  readonly response: UwsResponse;
}

/**
 * Reads a request, which µWebSockets.js forgets as soon as its handler returns. A body goes on arriving; a client that
 * sends more than `bytesMax` which nobody reads is cut off.
 */
export function makeExchange(
  uws: UwsHttpResponse,
  given: UwsHttpRequest,
  bytesMax: number,
): UwsExchange {
  const remoteAddress = Buffer.from(uws.getRemoteAddressAsText()).toString();
  const socket = new UwsSocket(remoteAddress);
  const request = new IncomingMessage(socket as unknown as Socket);
  request.method = given.getMethod().toUpperCase();
  const query = given.getQuery();
  request.url = query === "" ? given.getUrl() : `${given.getUrl()}?${query}`;
  request.httpVersion = "1.1";
  given.forEach((name, value) => {
    request.rawHeaders.push(name, value);
    const before = request.headers[name];
    request.headers[name] = before === undefined ? value : `${before as string}, ${value}`;
  });
  const response = new UwsResponse(request, uws);
  socket.response = response;
  if (request.method === "GET" || request.method === "HEAD") request.complete = true;
  else readBody(uws, request, response, bytesMax);
  return { request, response };
}

function readBody(
  uws: UwsHttpResponse,
  request: IncomingMessage,
  response: UwsResponse,
  bytesMax: number,
): void {
  request._read = () => {};
  response.once("close", () => {
    if (!request.complete) request.emit("close");
  });
  uws.onData((chunk, isLast) => {
    // The chunk is µWebSockets.js' own memory, which is used again.
    if (!response.writableEnded) request.push(Buffer.from(chunk.slice(0)));
    if (request.readableLength > bytesMax) response.cut();
    if (!isLast) return;
    request.complete = true;
    request.push(null);
  });
}
