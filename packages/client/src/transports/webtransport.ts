import type { Packet } from "./transport.ts";
import { Transport } from "./transport.ts";
import { FrameReader, encodeFrame } from "./webtransport-frame.ts";
import { bytesOf, decodeMessage, encodeMessage, readBlob } from "./wire.ts";

/** The part of a WebTransport session that is used here; not every platform's types have one. */
interface Session {
  readonly ready: Promise<unknown>;
  readonly closed: Promise<unknown>;
  createBidirectionalStream(): Promise<{
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
  }>;
  close(): void;
}

type SessionCtor = new (url: string, options?: object) => Session;

/** Engine.IO over the platform's `WebTransport` (HTTP/3), where it has one. */
export class WebTransportTransport extends Transport {
  override readonly pipelined: boolean = true;
  #session: Session | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  // What was sent before goes first: a Blob takes its time to be read.
  #tail: Promise<void> = Promise.resolve();

  get name(): string {
    return "webtransport";
  }

  open(): void {
    this.state = "opening";
    this.#connect().catch((error: unknown) => this.fail("webtransport error", error));
  }

  send(packets: readonly Packet[]): number {
    this.writable = false;
    this.#tail = this.#tail
      .then(async () => {
        for (const packet of packets) await this.#write(await readBlob(packet));
        if (this.isClosed()) return;
        this.writable = true;
        this.handler?.onDrain();
      })
      .catch((error: unknown) => this.fail("webtransport error", error));
    return packets.length;
  }

  close(): void {
    this.handler = undefined;
    this.state = "closed";
    this.#session?.close();
  }

  async #connect(): Promise<void> {
    const { WebTransport } = globalThis as { WebTransport?: SessionCtor };
    if (!WebTransport) throw new TypeError("this platform has no WebTransport");
    const session = (this.#session = new WebTransport(
      this.address("http", this.opts.timestampRequests),
      this.opts.transportOptions?.[this.name],
    ));
    session.closed.then(
      (context) => this.closed("webtransport session closed", context),
      (error: unknown) => this.fail("webtransport error", error),
    );
    await session.ready;
    const { readable, writable } = await session.createBidirectionalStream();
    this.#writer = writable.getWriter();
    void this.#listen(readable);
    const { sid } = this.query;
    await this.#write(sid ? { type: "open", data: JSON.stringify({ sid }) } : { type: "open" });
    if (!this.isClosed()) this.opened();
  }

  async #write(packet: Packet): Promise<void> {
    if (this.isClosed()) return;
    const message = encodeMessage(packet);
    await this.#writer!.write(
      encodeFrame(typeof message === "string" ? message : bytesOf(message as ArrayBuffer)),
    );
  }

  async #listen(readable: ReadableStream<Uint8Array>): Promise<void> {
    const frames = new FrameReader();
    const reader = readable.getReader();
    try {
      for (;;) {
        const { value } = await reader.read();
        if (!value) break;
        for (const message of frames.read(value)) this.#receive(message);
      }
    } catch (error) {
      this.fail("webtransport error", error);
    }
  }

  #receive(message: string | Uint8Array): void {
    const data = typeof message === "string" ? message : this.#inKind(message);
    this.handler?.onPacket(decodeMessage(data, this.opts.binaryType));
  }

  #inKind(message: Uint8Array): Packet["data"] & object {
    const { binaryType } = this.opts;
    return binaryType === "blob" ? new Blob([message.slice()]) : (message.buffer as ArrayBuffer);
  }
}
