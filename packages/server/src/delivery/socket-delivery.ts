/** The message of the client's outbox that is being handled. */
export interface CurrentMessage {
  /** `session:counter`: the same when the message comes again, so that its effect can be made idempotent. */
  readonly id: string;
  /** Whether a process that was killed may have begun to handle it. */
  readonly redelivered: boolean;
}

/** What the application sees of a socket's durable session. */
export interface SocketDelivery {
  /** The id of the session, the same over all connections; undefined when the client has none. */
  readonly session: string | undefined;
  /** The message that is being handled; undefined while none is. */
  readonly current: CurrentMessage | undefined;
  /** The offset up to which the client says to have handled what was sent. */
  readonly position: number;
  /** Whether it has been given all that it missed. */
  readonly live: boolean;
}

/** Of a socket without a session. */
export const noDelivery: SocketDelivery = Object.freeze({
  session: undefined,
  current: undefined,
  position: 0,
  live: true,
});
