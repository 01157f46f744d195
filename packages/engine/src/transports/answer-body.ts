import { writeSoon } from "@hawser/websocket/internal";
import type { Writer } from "@hawser/websocket/internal";
import type { ServerResponse } from "node:http";
import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback } from "../transport.ts";
import type { StreamBody } from "./stream-body.ts";

/** How an answer begins. */
export interface Beginning {
  /** Writes the head: something is about to be handed over. */
  begin(): void;
  /** It has been handed over. */
  onBegun(): void;
}

/** Goes through the answer, whatever is below it. */
export class AnswerBody implements StreamBody, Writer {
  private readonly response: ServerResponse;
  private readonly beginning: Beginning;
  /** What leaves at the end of the tick. */
  private pending = "";
  private scheduled = false;
  /** Writes that the kernel has not taken. */
  private inFlight = 0;
  /** Called when what is pending, or else what was written last, has left. */
  private callbacks: FlushCallback[] = [];

  constructor(response: ServerResponse, beginning: Beginning) {
    this.response = response;
    this.beginning = beginning;
  }

  get empty(): boolean {
    return this.pending === "" && this.response.writableLength === 0;
  }

  get waiting(): number {
    return this.pending.length + this.response.writableLength;
  }

  put({ packet = "" }: Outgoing): void {
    // Those before belong to what is on its way.
    if (this.pending === "" && this.inFlight > 0) this.callbacks = [];
    this.pending += packet;
    if (this.scheduled) return;
    this.scheduled = true;
    writeSoon(this);
  }

  afterFlush(callback: FlushCallback): void {
    if (this.pending === "" && this.inFlight === 0) setImmediate(callback);
    else this.callbacks.push(callback);
  }

  flush(): void {
    const isFirst = !this.response.headersSent;
    if (isFirst) this.beginning.begin();
    if (this.pending !== "") this.handOver();
    if (isFirst) this.beginning.onBegun();
  }

  discard(): void {
    this.pending = "";
    this.callbacks = [];
  }

  /** The end of the tick. */
  onTick(): void {
    this.scheduled = false;
    if (this.pending !== "") this.flush();
  }

  private handOver(): void {
    const { response, pending, callbacks } = this;
    this.pending = "";
    this.inFlight++;
    response.write(pending, (error) => this.onWritten(error, callbacks));
  }

  private onWritten(error: Error | null | undefined, callbacks: FlushCallback[]): void {
    this.inFlight--;
    if (error !== undefined && error !== null) return;
    for (const callback of callbacks.splice(0)) callback();
  }
}
