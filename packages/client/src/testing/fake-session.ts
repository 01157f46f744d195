/** One end of a WebTransport session in memory, enough for Engine.IO: one stream, opened by the client. */
export interface SessionEnd {
  readonly ready: Promise<void>;
  readonly closed: Promise<void>;
  readonly incomingBidirectionalStreams: ReadableStream<object>;
  createBidirectionalStream(): Promise<object>;
  close(): void;
}

/** Both ends of a session: what one writes the other reads. */
export function sessionPair(): { client: SessionEnd; server: SessionEnd } {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  const streams = new TransformStream<object, object>();
  let close!: () => void;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const common = { ready: Promise.resolve(), closed, close: () => close() };
  const offer = streams.writable.getWriter();
  return {
    client: {
      ...common,
      incomingBidirectionalStreams: new ReadableStream(),
      async createBidirectionalStream() {
        void offer.write({ readable: up.readable, writable: down.writable });
        return { readable: down.readable, writable: up.writable };
      },
    },
    server: {
      ...common,
      incomingBidirectionalStreams: streams.readable,
      createBidirectionalStream: () => Promise.reject(new Error("not used")),
    },
  };
}
