import { ServerResponse } from "node:http";
import type { OutgoingHttpHeaders } from "node:http";
import type { ReplyHeaders } from "./reply.ts";

/** A response that does not write to a socket by itself: status, headers and body are collected until it ends. */
export abstract class CollectedResponse extends ServerResponse {
  private readonly body: Buffer[] = [];

  /** Writes what was collected; called once. */
  protected abstract send(status: number, headers: ReplyHeaders, body: Buffer): void;

  /** The headers for a 101. Middlewares such as express-session set theirs only when the head is written. */
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
    this.send(this.statusCode, this.replyHeaders(), Buffer.concat(this.body));
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
