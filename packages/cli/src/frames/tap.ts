import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { FrameReader } from "./frame-reader.ts";
import type { Duplex } from "node:stream";
import type { WireFrame } from "./frame-reader.ts";

export type FrameListener = (direction: "in" | "out", frame: WireFrame) => void;

/** An agent whose sockets are listened to: below the client, above TLS, so that every frame is seen as it is. */
export function tappingAgent(isSecure: boolean, onFrame: FrameListener): object {
  if (isSecure) {
    return new (class extends HttpsAgent {
      override createConnection(...args: unknown[]): Duplex | null | undefined {
        const made = (super.createConnection as Creates).apply(this, args);
        if (made) tap(made, onFrame);
        return made;
      }
    })();
  }
  return new (class extends HttpAgent {
    override createConnection(...args: unknown[]): Duplex | null | undefined {
      const made = (super.createConnection as Creates).apply(this, args);
      if (made) tap(made, onFrame);
      return made;
    }
  })();
}

type Creates = (...args: unknown[]) => Duplex | null | undefined;

/** Sees what a stream is given and gives, without a listener that would set it flowing. */
export function tap(stream: Duplex, onFrame: FrameListener): void {
  const sent = new FrameReader(
    (head) => {
      if (!/^upgrade:\s*websocket\s*$/im.test(head)) stop();
    },
    (frame) => onFrame("out", frame),
  );
  const received = new FrameReader(
    (head) => {
      if (!head.startsWith("HTTP/1.1 101 ")) stop();
    },
    (frame) => onFrame("in", frame),
  );
  const stop = (): void => {
    sent.stop();
    received.stop();
  };
  // oxlint-disable-next-line typescript/unbound-method -- called with their stream below
  const { push, write } = stream;
  stream.push = (chunk: unknown, ...rest: never[]): boolean => {
    if (chunk instanceof Uint8Array) received.read(Buffer.from(chunk));
    return push.call(stream, chunk, ...rest);
  };
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    if (typeof chunk === "string") {
      const [encoding] = rest;
      sent.read(Buffer.from(chunk, typeof encoding === "string" ? (encoding as "utf8") : "utf8"));
    } else if (chunk instanceof Uint8Array) sent.read(Buffer.from(chunk));
    return (write as (...args: unknown[]) => boolean).call(stream, chunk, ...rest);
  };
}
