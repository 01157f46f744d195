/** Bounds of the program, so that a wrong word at the prompt is no attack and a hostile server no leak. */
export const limits = {
  /** Connections of `bench` to another machine without `--yes`. */
  foreignConnectionsMax: 50,
  connectionsMax: 50_000,
  ratePerSecondMax: 1_000_000,
  durationMsMax: 3_600_000,
  payloadBytesMax: 16_777_216,
  inFlightMax: 10_000,
  /** Connections that `bench` opens at the same time. */
  openingMax: 50,
  /** Messages of a rate that may be unanswered; beyond, they are counted as not sent. */
  unansweredMax: 200_000,
  connectTimeoutMs: 20_000,
  /** How long a pipe waits for acknowledgements after its end, without `--timeout`. */
  ackTimeoutMs: 5_000,
  /** How long a pipe waits for the answer to a subscription. */
  roomsTimeoutMs: 1_000,
  /** How long a line stays open behind the last event, so that the server handles it before it is told of the end. */
  lingerMs: 100,
  firstDelayMs: 500,
  delayMsMax: 10_000,
  /** One message from a server. */
  messageBytesMax: 104_857_600,
  /** Bytes of a frame that are shown. */
  shownBytes: 64,
  shownCharacters: 160,
  historyLines: 500,
  /** One request of another backend: its answer. */
  answerBytesMax: 1_048_576,
} as const;
