/** An acknowledgement that the server asks for. */
export type Answer = (...data: unknown[]) => void;

/** Why a line is not there. */
export interface Loss {
  readonly reason: string;
  /** The server has said no: credentials, namespace, protocol. */
  readonly refused: boolean;
  /** Closed as it should be: no failure. */
  readonly clean?: boolean | undefined;
  /** Whether to come back, and after how many ms; undefined: as the program likes. */
  readonly retry?: number | false | undefined;
  readonly data?: unknown;
}

/** What a line tells. */
export interface LineHandler {
  onOpen(about: OpenedLine): void;
  onEvent(event: string, data: unknown[], extra: { answer?: Answer; position?: string }): void;
  /** What is no event: `subscribed`, `error`, `live`, `reset`, `pong` … */
  onNotice(type: string, text: string, fields: Record<string, unknown>, isBad?: boolean): void;
  /** After it there are no other calls until {@link Line.open}. */
  onLoss(loss: Loss): void;
}

export interface OpenedLine {
  readonly id?: string | undefined;
  readonly over: string;
  readonly recovered?: boolean | undefined;
}

/** One client's line in one language. It does not come back by itself: `open` may be called again after a loss. */
export interface Line {
  open(): void;
  /** @throws CliError for what the language cannot say */
  emit(event: string, data: unknown[], onAck?: (data: unknown[]) => void): void;
  subscribe(rooms: string[], leave: boolean): void;
  /** What the language has besides events; false when it does not know the command. */
  command(name: string, words: string[]): boolean;
  /** Resolves when what was said has left. */
  close(): Promise<void>;
}

/** Settings that all lines share. */
export interface LineOptions {
  readonly url: URL;
  readonly namespace: string;
  readonly auth: Record<string, unknown> | undefined;
  readonly token: string | undefined;
  readonly headers: Record<string, string>;
  readonly rooms: readonly string[];
  readonly session: boolean;
  readonly insecure: boolean;
  readonly transports: string[] | undefined;
  readonly protocols: string[];
  /** An http(s) agent that shows what goes through its sockets. */
  readonly agent: object | undefined;
  /** Engine.IO packets that no websocket carries (long-polling). */
  readonly onPolled:
    | ((direction: "in" | "out", packet: { type: string; data?: unknown }) => void)
    | undefined;
}
