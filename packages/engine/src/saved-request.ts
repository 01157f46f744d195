import { IncomingMessage } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { parseQuery } from "./http/query.ts";

/** Headers that differ from client to client; the others are mostly those of a few browsers. */
const ownNames = ["cookie", "sec-websocket-key", "x-forwarded-for", "x-real-ip", "x-request-id"];

/** Heads that clients have in common are kept once. The number is bounded, since clients make them up. */
const sharedHeadsMax = 256;
const sharedHeadLengthMax = 2_048;
const sharedHeads = new Map<string, string>();

function share(head: string): string {
  if (head.length > sharedHeadLengthMax) return head;
  const known = sharedHeads.get(head);
  if (known !== undefined) return known;
  if (sharedHeads.size === sharedHeadsMax) sharedHeads.clear();
  sharedHeads.set(head, head);
  return head;
}

/**
 * A request as two strings. Node's own object, with its stream, its header list and its header table, takes about two
 * kilobytes, which each idle connection would keep for a look at it that most applications never take.
 */
export class SavedRequest {
  /** Method, version and headers that others share. */
  private readonly common: string;
  /** Target and headers of this request alone. */
  private readonly own: string;
  private readonly socket: Socket;

  private constructor(common: string, own: string, socket: Socket) {
    this.common = common;
    this.own = own;
    this.socket = socket;
  }

  /** Saves a request that has been read; undefined for one of a class of the user's, which cannot be made again. */
  static from(request: IncomingMessage): SavedRequest | undefined {
    if (request.constructor !== IncomingMessage) return undefined;
    const { method, url, httpVersion, socket } = request;
    const common: IncomingHttpHeaders = {};
    const own: IncomingHttpHeaders = {};
    for (const [name, value] of Object.entries(request.headers)) {
      (ownNames.includes(name) ? own : common)[name] = value;
    }
    return new SavedRequest(
      share(JSON.stringify([method, httpVersion, common])),
      JSON.stringify([url, own]),
      socket,
    );
  }

  /** Makes the request again. The order of headers, and the case of names in `rawHeaders`, are not kept. */
  restore(): IncomingMessage {
    type Common = [method: string, httpVersion: string, headers: IncomingHttpHeaders];
    const [method, httpVersion, common] = JSON.parse(this.common) as Common;
    const [url, own] = JSON.parse(this.own) as [string, IncomingHttpHeaders];
    const headers = { ...common, ...own };
    const request = new IncomingMessage(this.socket);
    const [major = 1, minor = 1] = httpVersion.split(".").map(Number);
    return Object.assign(request, {
      method,
      url,
      headers,
      httpVersion,
      httpVersionMajor: major,
      httpVersionMinor: minor,
      complete: true,
      rawHeaders: Object.entries(headers).flatMap(([name, value]) =>
        Array.isArray(value) ? value.flatMap((item) => [name, item]) : [name, value ?? ""],
      ),
      _query: parseQuery(url),
    });
  }
}
