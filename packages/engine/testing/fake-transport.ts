import type { Outgoing } from "../src/outgoing.ts";
import type {
  FlushCallback,
  Transport,
  TransportHandler,
  TransportName,
} from "../src/transport.ts";

/** A transport that keeps what it is given. */
export class FakeTransport implements Transport {
  readonly name: TransportName;
  writable = true;
  handler: TransportHandler;
  readonly sent: string[] = [];
  readonly callbacks: FlushCallback[] = [];
  state: "open" | "closed" | "discarded" = "open";

  constructor(name: TransportName, handler: TransportHandler) {
    this.name = name;
    this.handler = handler;
  }

  write(message: Outgoing): void {
    this.sent.push(message.pollingText);
  }

  afterFlush(callback: FlushCallback): void {
    this.callbacks.push(callback);
  }

  requestDrain(): void {}

  close(): void {
    this.end("closed");
  }

  discard(): void {
    this.end("discarded");
  }

  overflow(): void {
    this.end("discarded");
  }

  private end(state: "closed" | "discarded"): void {
    if (this.state !== "open") return;
    this.state = state;
    this.handler.onTransportClose(undefined);
  }
}

/** A handler that notes what it is told. */
export class FakeHandler implements TransportHandler {
  readonly calls: string[] = [];

  onText(text: string, offset: number): void {
    this.calls.push(`text ${text.slice(offset)}`);
  }

  onBinary(data: Buffer): void {
    this.calls.push(`binary ${data.toString("hex")}`);
  }

  onControl(type: string, data: string | undefined): void {
    this.calls.push(data === undefined ? type : `${type} ${data}`);
  }

  onInvalidPacket(error: Error): void {
    this.calls.push(`invalid ${error.message}`);
  }

  onTransportDrain(): void {
    this.calls.push("drain");
  }

  onTransportClose(error: Error | undefined): void {
    this.calls.push(error === undefined ? "close" : `close ${error.message}`);
  }
}
