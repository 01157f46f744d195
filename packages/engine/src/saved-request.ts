import { IncomingMessage } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { parseQuery } from "./http/query.ts";

/** Headers that differ from client to client; the others are mostly those of a few browsers. */
const ownNames = [
  "authorization",
  "cookie",
  "last-event-id",
  "sec-websocket-protocol",
  "x-forwarded-for",
  "x-real-ip",
  "x-request-id",
];

/** Of use to the handshake alone, and another one for each client. */
const handshakeName = "sec-websocket-key";

/** Requests that clients have in common are kept once. The number is bounded, since clients make them up. */
const sharedMax = 256;
const sharedLengthMax = 2_048;
const shared = new Map<string, SavedRequest>();

/** What no header and no target can have in it. */
const separator = "\n";

/**
 * A request as two strings. Node's own object, with its stream, its header list and its header table, takes about two
 * kilobytes, which each idle connection would keep for a look at it that most applications never take.
 */
export class SavedRequest {
  /** Method, version, target and headers: what others send, too, stands here. */
  private readonly common: string;
  /** What is this request's alone, target included where it is; empty for most. */
  private readonly own: string;

  private constructor(common: string, own: string) {
    this.common = common;
    this.own = own;
  }

  /**
   * Saves a request that has been read, but for its `Sec-WebSocket-Key`; undefined for one that cannot be made again
   * from strings, such as one of a class of the user's.
   */
  static from(request: IncomingMessage): SavedRequest | undefined {
    if (request.constructor !== IncomingMessage) return undefined;
    const { headers } = request;
    const url = request.url ?? "";
    if (latest?.isOf(request)) return latest.saved;
    // Pollers number their requests; others show who they are.
    const isUnique = /[&?]t(?:oken)?=/.test(url);
    const common = [request.method ?? "", request.httpVersion, isUnique ? "" : url];
    const own = isUnique ? ["", url] : [];
    for (const name in headers) {
      const value = headers[name];
      if (typeof value !== "string") return undefined;
      if (name !== handshakeName) (ownNames.includes(name) ? own : common).push(name, value);
    }
    const saved = SavedRequest.share(common.join(separator), own.join(separator));
    if (own.length === 0) latest = new LatestRequest(request, saved);
    return saved;
  }

  private static share(common: string, own: string): SavedRequest {
    if (common.length > sharedLengthMax) return new SavedRequest(common, own);
    let known = shared.get(common);
    if (known === undefined) {
      known = new SavedRequest(common, "");
      if (shared.size === sharedMax) shared.clear();
      shared.set(common, known);
    }
    return own === "" ? known : new SavedRequest(known.common, own);
  }

  /** Makes the request again. The order of headers, and the case of names in `rawHeaders`, are not kept. */
  restore(socket: Socket): IncomingMessage {
    const [method, httpVersion = "", target, ...common] = this.common.split(separator);
    const own = this.own === "" ? [] : this.own.split(separator);
    const rawHeaders: string[] = [];
    const headers: IncomingHttpHeaders = {};
    let url = target;
    for (const list of [common, own]) {
      for (let at = 0; at < list.length; at += 2) {
        const [name, value] = [list[at] as string, list[at + 1] as string];
        if (name === "") url = value;
        else {
          rawHeaders.push(name, value);
          headers[name] = value;
        }
      }
    }
    const request = new IncomingMessage(socket);
    const [major = 1, minor = 1] = httpVersion.split(".").map(Number);
    return Object.assign(request, {
      method,
      url,
      headers,
      httpVersion,
      httpVersionMajor: major,
      httpVersionMinor: minor,
      complete: true,
      rawHeaders,
      _query: parseQuery(url),
    });
  }
}

/** The request that was saved last, in parts: the next one is often the same, and then nothing has to be joined. */
class LatestRequest {
  readonly saved: SavedRequest;
  private readonly method: string | undefined;
  private readonly httpVersion: string;
  private readonly url: string | undefined;
  /** Names and values in turn, without the name that each handshake has its own value of. */
  private readonly headers: readonly string[];

  constructor(request: IncomingMessage, saved: SavedRequest) {
    this.saved = saved;
    this.method = request.method;
    this.httpVersion = request.httpVersion;
    this.url = request.url;
    this.headers = Object.entries(request.headers)
      .filter(([name]) => name !== handshakeName)
      .flat() as string[];
  }

  isOf(request: IncomingMessage): boolean {
    const { headers } = request;
    if (request.url !== this.url || request.method !== this.method) return false;
    if (request.httpVersion !== this.httpVersion) return false;
    let at = 0;
    for (const name in headers) {
      if (name === handshakeName) continue;
      if (name !== this.headers[at++] || headers[name] !== this.headers[at++]) return false;
    }
    return at === this.headers.length;
  }
}

let latest: LatestRequest | undefined;
