import type { Packet } from "./transport.ts";
import { TransportError } from "../errors.ts";
import type { ClientErrorCode } from "../errors.ts";
import { Transport } from "./transport.ts";
import { decodeBody, encodeBody, haveBlob, readBlobs } from "./wire.ts";

/** One HTTP request of the polling transport. */
export interface PollingRequest {
  method: "GET" | "POST";
  url: string;
  /** Body of a POST. */
  body?: string;
}

/** A request that did not bring a 200. */
export interface RequestFailure {
  /** HTTP status, 0 when no answer came. */
  status: number;
  /** What the platform has to say: `status`, `responseText` and more. */
  context: unknown;
}

/** Told once how a request ended; not after it was aborted. */
export type RequestDone = (failure: RequestFailure | undefined, body: string) => void;

/**
 * HTTP long-polling: one GET waits for packets, POSTs carry ours, at most one of each at a time. Subclasses say how
 * a request is made.
 */
export abstract class Polling extends Transport {
  // Aborts the request under way; undefined when there is none.
  #poll: (() => void) | undefined;
  #post: (() => void) | undefined;
  // Wants to know when both have come to rest.
  #onRest: (() => void) | undefined;

  get name(): string {
    return "polling";
  }

  /** Makes a request and returns how to abort it; never calls `done` before. May throw for a bad address or header. */
  protected abstract request(request: PollingRequest, done: RequestDone): () => void;

  open(): void {
    this.state = "opening";
    this.#ask();
  }

  override pause(done: () => void): void {
    this.state = "pausing";
    this.#onRest = done;
    this.#settle();
  }

  override resume(): void {
    this.#onRest = undefined;
    if (this.state === "pausing") {
      this.state = "open";
      if (!this.#poll) this.#ask();
    }
  }

  send(packets: readonly Packet[]): void {
    this.writable = false;
    if (haveBlob(packets)) void readBlobs(packets).then((read) => this.#send(read));
    else this.#send(packets);
  }

  close(): void {
    this.handler = undefined;
    // Before the handshake there is no session to close yet: `onBody` does it when the answer is here.
    if (this.state === "opening") return;
    if (this.state !== "closed") this.#sayGoodbye();
    this.state = "closed";
  }

  #send(packets: readonly Packet[]): void {
    if (this.isClosed()) return;
    const body = encodeBody(packets);
    this.#post = this.#request({ method: "POST", url: this.#url(), body }, (failure) => {
      this.#post = undefined;
      if (failure) {
        this.#abort("POST_FAILED", failure.status, failure.context);
      } else {
        this.writable = true;
        this.handler?.onDrain();
        this.#settle();
      }
    });
  }

  #url(): string {
    return this.address("http", this.opts.timestampRequests !== false);
  }

  // An address or a header that the platform does not take is a failed request like any other.
  #request(request: PollingRequest, done: RequestDone): () => void {
    try {
      return this.request(request, done);
    } catch (context) {
      queueMicrotask(() => done({ status: 0, context }, ""));
      return () => {};
    }
  }

  #ask(): void {
    this.#poll = this.#request({ method: "GET", url: this.#url() }, (failure, body) => {
      this.#poll = undefined;
      if (failure) this.#abort("POLL_FAILED", failure.status, failure.context);
      else this.#onBody(body);
    });
  }

  #onBody(body: string): void {
    let packets: Packet[];
    try {
      packets = decodeBody(body, this.opts.binaryType);
      if (this.state === "opening" && !this.handler) {
        this.query["sid"] = (JSON.parse(packets[0]!.data as string) as { sid: string }).sid;
        this.#sayGoodbye();
        this.state = "closed";
      }
    } catch (error) {
      this.#abort("SERVER_ERROR", "parser error", error);
      return;
    }
    for (const packet of packets) {
      if (this.isClosed()) return;
      this.#deliver(packet);
    }
    if (this.state === "open") this.#ask();
    else this.#settle();
  }

  #deliver(packet: Packet): void {
    if (this.state === "opening" && packet.type === "open") this.opened();
    if (packet.type === "close") {
      this.closed({ description: "transport closed by the server" });
      return;
    }
    this.handler?.onPacket(packet);
  }

  // The waiting GET is ended after the server has had the news, else it would see a lost line instead of a goodbye.
  #sayGoodbye(): void {
    this.#request({ method: "POST", url: this.#url(), body: "1" }, () => this.#poll?.());
  }

  #abort(code: ClientErrorCode, description: unknown, context: unknown): void {
    this.#poll?.();
    this.#post?.();
    this.#poll = this.#post = undefined;
    if (!this.isClosed()) this.failed(new TransportError(code, description, context));
  }

  #settle(): void {
    if (this.state === "pausing" && !this.#poll && !this.#post) {
      const done = this.#onRest;
      this.#onRest = undefined;
      done?.();
    }
  }
}
