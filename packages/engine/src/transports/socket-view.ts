/** What of our own WebSocket connection is shown. */
export interface ShownLine {
  readonly state: "open" | "closing" | "closed";
  readonly bufferedAmount: number;
  readonly socket: unknown;
  close(): void;
  terminate(): void;
}

const readyStates = { open: 1, closing: 2, closed: 3 } as const;

/**
 * What programs for npm engine.io look for in `conn.transport.socket`, which is a WebSocket of npm ws there: its state, what
 * waits, the socket below. Messages are the connection's affair, and are not sent or heard here.
 */
export class SocketView {
  private readonly line: ShownLine;

  constructor(line: ShownLine) {
    this.line = line;
  }

  /** As of `WebSocket`: 1 open, 2 closing, 3 closed. */
  get readyState(): 1 | 2 | 3 {
    return readyStates[this.line.state];
  }

  /** Bytes that the kernel has not taken yet. */
  get bufferedAmount(): number {
    return this.line.bufferedAmount;
  }

  /** The socket of the request. */
  get _socket(): unknown {
    return this.line.socket;
  }

  /** Begins the closing handshake. */
  close(): void {
    this.line.close();
  }

  /** Ends the line at once. */
  terminate(): void {
    this.line.terminate();
  }
}
