import type { ClientErrors } from "../errors.ts";
import { batchSize } from "./batch.ts";
import type { Packet } from "./transport.ts";
import { Transport } from "./transport.ts";
import { decodeBody, encodeBody, isBlob, readBlob } from "./wire.ts";

/**
 * Told once how a request ended, with the HTTP status (0 when no answer came) and what the platform has to say
 * (`status`, `responseText` and more); not after it was aborted.
 */
export type RequestDone = (status: number, body: string, context: unknown) => void;

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

  /**
   * Makes a request, a POST when there is a body, and returns how to abort it; never calls `done` before. May throw for
   * a bad address or header.
   */
  protected abstract request(url: string, body: string | undefined, done: RequestDone): () => void;

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

  send(packets: readonly Packet[], bytesMax: number = Infinity): number {
    this.writable = false;
    const count = batchSize(packets, bytesMax);
    const batch = packets.slice(0, count);
    if (batch.some(({ data }) => isBlob(data))) {
      void Promise.all(batch.map(readBlob)).then((read) => this.#send(read));
    } else {
      this.#send(batch);
    }
    return count;
  }

  close(): void {
    this.handler = undefined;
    // Before the handshake there is no session to close yet: `onBody` does it when the answer is here.
    if (this.state === "opening") return;
    this.#sayGoodbye();
    this.state = "closed";
  }

  #send(packets: readonly Packet[]): void {
    if (this.isClosed()) return;
    this.#post = this.#request(encodeBody(packets), (status, _body, context) => {
      this.#post = undefined;
      if (status !== 200) {
        this.#abort("xhr post error", status, context);
      } else {
        this.writable = true;
        this.handler?.onDrain();
        this.#settle();
      }
    });
  }

  // An address or a header that the platform does not take is a failed request like any other.
  #request(body: string | undefined, done: RequestDone): () => void {
    const url = this.address("http", this.opts.timestampRequests !== false);
    try {
      return this.request(url, body, done);
    } catch (context) {
      queueMicrotask(() => done(0, "", context));
      return () => {};
    }
  }

  #ask(): void {
    this.#poll = this.#request(undefined, (status, body, context) => {
      this.#poll = undefined;
      if (status === 200) this.#onBody(body);
      else this.#abort("xhr poll error", status, context);
    });
  }

  #onBody(body: string): void {
    let packets: Packet[];
    try {
      packets = decodeBody(body, this.opts.binaryType);
      if (this.state === "opening" && !this.handler) {
        this.query["sid"] = (JSON.parse(packets[0]!.data as string) as { sid: string }).sid;
        this.state = "open";
        this.close();
      }
    } catch (error) {
      this.#abort("server error", "parser error", error);
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
      this.closed("transport closed by the server");
    } else {
      this.handler?.onPacket(packet);
    }
  }

  // The waiting GET is ended after the server has had the news, else it would see a lost line instead of a goodbye.
  #sayGoodbye(): void {
    if (this.state === "open" || this.state === "pausing") this.#request("1", () => this.#poll?.());
  }

  #abort(text: keyof ClientErrors, description: unknown, context: unknown): void {
    this.#poll?.();
    this.#post?.();
    this.#poll = this.#post = undefined;
    // Else the server waits for the next request until its heartbeat ends, and with it those who come back to it.
    this.#sayGoodbye();
    this.fail(text, description, context);
  }

  #settle(): void {
    if (this.state === "pausing" && !this.#poll && !this.#post) {
      const done = this.#onRest;
      this.#onRest = undefined;
      done?.();
    }
  }
}
