import { ServerResponse } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { refuseUpgrade } from "./reply.ts";
import type { ReplyHeaders } from "./reply.ts";

/**
 * What middlewares get as the response of an upgrade request. Headers set on it go out with the 101; ending it refuses
 * the upgrade with the status, headers and body given.
 */
export class UpgradeResponse extends ServerResponse {
  private readonly upgradeSocket: Duplex;
  private readonly body: Buffer[] = [];

  constructor(request: IncomingMessage, socket: Duplex) {
    super(request);
    this.upgradeSocket = socket;
  }

  /** The headers for the 101. Middlewares such as express-session set theirs only when the head is written. */
  takeHeaders(): ReplyHeaders {
    if (!this.headersSent) this.writeHead(101);
    return this.replyHeaders();
  }

  /** Keeps all headers where `getHeaders` finds them, those given here too. */
  override writeHead(status: number, ...rest: unknown[]): this {
    const given = rest.at(-1);
    if (Array.isArray(given)) {
      for (let at = 0; at + 1 < given.length; at += 2) {
        this.setHeader(String(given[at]), given[at + 1] as string);
      }
    } else if (typeof given === "object" && given !== null) {
      for (const [name, value] of Object.entries(given as OutgoingHttpHeaders)) {
        if (value !== undefined) this.setHeader(name, value);
      }
    }
    return super.writeHead(status);
  }

  override write(chunk: unknown, encoding?: unknown): boolean {
    this.collect(chunk, encoding);
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    if (this.writableEnded) return this;
    this.collect(chunk, encoding);
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.finished = true;
    refuseUpgrade(
      this.upgradeSocket,
      this.statusCode,
      this.replyHeaders(),
      Buffer.concat(this.body),
    );
    for (const candidate of [chunk, encoding, callback]) {
      if (typeof candidate === "function") this.once("finish", candidate as () => void);
    }
    process.nextTick(() => this.emit("finish"));
    return this;
  }

  private collect(chunk: unknown, encoding: unknown): void {
    if (typeof chunk === "string") {
      this.body.push(
        Buffer.from(chunk, typeof encoding === "string" ? (encoding as "utf8") : "utf8"),
      );
    } else if (chunk instanceof Uint8Array) this.body.push(Buffer.from(chunk));
  }

  private replyHeaders(): ReplyHeaders {
    const headers: ReplyHeaders = {};
    const set: OutgoingHttpHeaders = this.getHeaders();
    for (const [name, value] of Object.entries(set)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value : String(value);
    }
    return headers;
  }
}
