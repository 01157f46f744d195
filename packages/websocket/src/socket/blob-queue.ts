import { WebSocketError } from "../errors.ts";
import type { WrittenCallback } from "../connection/write-queue.ts";

/** Something that waits for its turn. */
interface Step {
  /** Payload bytes, which count as buffered. */
  readonly bytes: number;
  /** Read first, where it is a Blob. */
  readonly blob: Blob | undefined;
  readonly send: (content: Uint8Array | undefined) => void;
  readonly callback: WrittenCallback | undefined;
}

/** What waits behind a Blob that is being read, in order. Exists only while one is. */
export class BlobQueue {
  /** Payload bytes that wait. */
  bytes = 0;
  private steps: Step[] = [];
  private readonly handler: { onBlobsSent(): void; onBlobFailed(error: Error): void };

  constructor(handler: { onBlobsSent(): void; onBlobFailed(error: Error): void }) {
    this.handler = handler;
  }

  /** Adds a Blob, whose content `send` gets. */
  addBlob(
    blob: Blob,
    send: (content: Uint8Array | undefined) => void,
    callback: WrittenCallback | undefined,
  ): void {
    this.add({ bytes: blob.size, blob, send, callback });
    if (this.steps.length === 1) this.read(blob);
  }

  /** Adds what is sent after the Blobs before it. */
  addStep(bytes: number, send: () => void, callback?: WrittenCallback): void {
    this.add({ bytes, blob: undefined, send, callback });
  }

  /** The line is gone: callbacks learn that nothing of this was sent. */
  destroy(): void {
    const { steps } = this;
    this.steps = [];
    this.bytes = 0;
    const error = new WebSocketError("WS_NOT_OPEN", "the socket was closed while a Blob was read");
    for (const { callback } of steps) callback?.(error);
  }

  private add(step: Step): void {
    this.steps.push(step);
    this.bytes += step.bytes;
  }

  private read(blob: Blob): void {
    blob.arrayBuffer().then(
      (content) => this.onRead(new Uint8Array(content)),
      (error: Error) => {
        if (this.steps.length > 0) this.handler.onBlobFailed(error);
      },
    );
  }

  /** Sends the Blob and everything behind it up to the next one. */
  private onRead(content: Uint8Array): void {
    let given: Uint8Array | undefined = content;
    for (;;) {
      const step = this.steps.shift();
      if (step === undefined) break;
      this.bytes -= step.bytes;
      step.send(given);
      given = undefined;
      const next = this.steps[0]?.blob;
      if (next !== undefined) {
        this.read(next);
        return;
      }
    }
    this.handler.onBlobsSent();
  }
}
