/** What is held, and for how long. */
export const limits = {
  /** What may wait to be written, in bytes, unless `queueBytes` says otherwise. */
  queueBytes: 67_108_864,
  /** Messages that are handed to the thread at once. */
  groupEntriesMax: 256,
  /** Bytes that are handed to the thread at once; a larger message goes alone. */
  groupBytesMax: 1_048_576,
  /** Messages of one transaction whose end waits for the disk. */
  transactionEntriesMax: 4_096,
  /** Messages of one that does not: those who wait for the first are told while the next is written. */
  quickTransactionEntriesMax: 256,
  /** For how long readers are served before what waits to be written has its turn, in ms. */
  readingMs: 5,
  /** Messages that were read last and are kept for the next reader, in bytes. */
  recentBytes: 16_777_216,
  /** States that are read at once. */
  statesPage: 500,
  /** Old messages that one transaction lets go, beside twice what it writes. */
  trimEntries: 512,
  /** What is too old goes within this time when nothing is written, in ms; sooner with a short retention. */
  trimEveryMs: 60_000,
  /** Rooms that are known by name without looking into the file. */
  placesCached: 20_000,
  /** Rooms in the file; with more, those whose messages have all gone are forgotten. */
  placesMax: 200_000,
} as const;
