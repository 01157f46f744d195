/* oxlint-disable typescript/no-explicit-any -- this file is where the types of events are erased */

/** A listener of an event that nobody has declared, as node:events takes it. */
export type ErasedListener = (...args: any[]) => void;

/** What an array may hold that is sent as bytes. */
export type ErasedArray = readonly any[];
