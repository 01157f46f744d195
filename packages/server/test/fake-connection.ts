import { EventEmitter } from "node:events";
import type { Connection, EngineServer } from "@hawser/engine";
import type { Outgoing } from "@hawser/engine/internal";
import type { AnyServer } from "../src/erased.ts";

/** A client's line without a network: what the server sends is kept, what a client would send is put in. */
export class FakeConnection extends EventEmitter {
  readonly id: string = Math.random().toString(36).slice(2);
  readonly remoteAddress: string = "127.0.0.1";
  readonly request: unknown;
  readyState = "open";
  writable = true;
  handler: Connection["handler"];
  /** The texts that were sent, without the engine's digit. */
  readonly sent: string[] = [];
  readonly sentBinary: Uint8Array[] = [];

  /** Whether what was sent leaves for the network; the callbacks that wait for it otherwise. */
  readonly stalled: (() => void)[] = [];
  flows = true;
  readonly transport = {
    afterFlush: (callback: () => void): void => {
      if (this.flows) setImmediate(callback);
      else this.stalled.push(callback);
    },
  };

  constructor(io: AnyServer, url = "/socket.io/?EIO=4&transport=websocket&token=abc") {
    super();
    this.request = { url, headers: { origin: "http://a.test" }, socket: {} };
    io.engine.onConnection?.(this as unknown as Connection);
  }

  sendOutgoing(outgoing: Outgoing): void {
    if (this.readyState !== "open") return;
    if (outgoing.packet !== undefined) this.sent.push(outgoing.packet.slice(1));
    this.sentBinary.push(...outgoing.attachments);
  }

  close(): void {
    this.drop("forced close");
  }

  /** Too much waits for the client. */
  overflow(): void {
    this.drop("transport error");
  }

  /** What was written leaves for the network. */
  flush(): void {
    this.writable = true;
    for (const callback of this.stalled.splice(0)) callback();
  }

  /** The client reads no more. */
  stall(): void {
    this.flows = false;
    this.writable = false;
  }

  /** The line is lost. */
  drop(reason: "transport close" | "transport error" | "forced close"): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.handler!.onClose(reason);
  }

  /** The client sends packets, all in one chunk. */
  receive(...packets: (string | Buffer)[]): void {
    for (const packet of packets) {
      // The engine gives nothing on once a connection closes.
      if (this.readyState !== "open") return;
      if (typeof packet === "string") this.handler!.onText(`4${packet}`, 1);
      else this.handler!.onBinary(packet);
    }
  }

  /** The client sends packets, and the application has handled them. */
  async send(...packets: (string | Buffer)[]): Promise<void> {
    this.receive(...packets);
    await settled();
  }

  /** What was sent since the last call. */
  take(): string[] {
    return this.sent.splice(0);
  }
}

/** Everything that waits for a tick or a promise has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Gives a server an engine that only hands connections over. */
export function withoutNetwork<Io extends AnyServer>(io: Io): Io {
  io.bind({ close: () => {} } as unknown as EngineServer);
  return io;
}
