import type { Packet, TransportOptions } from "../transports/transport.ts";
import type { ClientErrors } from "../errors.ts";
import { batchSize } from "../transports/batch.ts";
import { Transport } from "../transports/transport.ts";

/** A transport without a wire: records what is sent, says what the test tells it to say. */
export class FakeTransport extends Transport {
  /** All that were made, in order; emptied by the test. */
  static made: FakeTransport[] = [];
  readonly sent: Packet[] = [];
  isOpen = false;
  wasClosed = false;
  onPaused: (() => void) | undefined;
  /** Completes `send` at once, as an idle line would. */
  autoDrain = true;

  constructor(options: TransportOptions) {
    super(options);
    FakeTransport.made.push(this);
  }

  get options(): TransportOptions {
    return this.opts;
  }

  get name(): string {
    return "polling";
  }

  open(): void {
    this.state = "opening";
  }

  send(packets: readonly Packet[], bytesMax: number = Infinity): number {
    const count = this.pipelined ? packets.length : batchSize(packets, bytesMax);
    this.sent.push(...packets.slice(0, count));
    this.writable = false;
    if (this.autoDrain) queueMicrotask(() => this.drain());
    return count;
  }

  drain(): void {
    this.writable = true;
    this.handler?.onDrain();
  }

  close(): void {
    this.handler = undefined;
    this.state = "closed";
    this.wasClosed = true;
  }

  override pause(done: () => void): void {
    this.state = "pausing";
    this.onPaused = done;
  }

  override resume(): void {
    this.state = "open";
    this.onPaused = undefined;
  }

  /** What was sent, in the form of a WebSocket message: `40`, `2probe`. */
  get wire(): string[] {
    const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
    return this.sent.map(
      ({ type, data }) => types.indexOf(type) + (typeof data === "string" ? data : ""),
    );
  }

  /** The wire is there. */
  connect(): void {
    this.opened();
  }

  /** A packet arrives. */
  receive(type: Packet["type"], data?: Packet["data"]): void {
    this.handler?.onPacket(data === undefined ? { type } : { type, data });
  }

  /** A message arrives. */
  message(...texts: string[]): void {
    for (const text of texts) this.receive("message", text);
  }

  /** The handshake arrives. */
  handshake(data: object = {}): void {
    this.connect();
    this.receive(
      "open",
      JSON.stringify({
        sid: "sid",
        upgrades: [],
        pingInterval: 25_000,
        pingTimeout: 20_000,
        maxPayload: 1_000_000,
        ...data,
      }),
    );
  }

  break(text: keyof ClientErrors = "websocket error"): void {
    this.fail(text, 0);
  }

  /** The other side closes. */
  drop(): void {
    this.closed("websocket connection closed");
  }
}

/** The same under the name of an upgrade. */
export class FakeWebSocket extends FakeTransport {
  override readonly pipelined: boolean = true;

  override get name(): string {
    return "websocket";
  }
}

/** The transport made last. */
export function lastTransport(): FakeTransport {
  return FakeTransport.made.at(-1)!;
}
