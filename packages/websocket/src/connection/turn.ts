/** Something that writes what it has gathered once a turn. */
export interface Writer {
  onTick(): void;
}

/** A list of up to so many writers is used again. */
const keptMax = 1_024;

/** Those with something to write: the first `count`. */
let writers: (Writer | undefined)[] = [];
let count = 0;
/** A list that nobody uses now. */
let spare: (Writer | undefined)[] = [];
/** Whether the work is on that will end with `writeNow`. */
let gathering = false;

/** Lets `writer` write in this turn of the event loop, together with all others. */
export function writeSoon(writer: Writer): void {
  writers[count++] = writer;
  if (count === 1 && !gathering) process.nextTick(writeNow);
}

/** Does work that sends on any number of connections, and then writes what it has sent. Saves the tick for that. */
export function gather(work: () => void): void {
  if (gathering) {
    work();
    return;
  }
  gathering = true;
  try {
    work();
  } finally {
    gathering = false;
    writeNow();
  }
}

function writeNow(): void {
  const list = writers;
  const end = count;
  writers = spare;
  count = 0;
  spare = [];
  let at = 0;
  try {
    while (at < end) takeFrom(list, at++).onTick();
  } finally {
    // Only the application's code can have thrown; the others are not to wait for ever because of it.
    while (at < end) writeSoon(takeFrom(list, at++));
    if (list.length <= keptMax) spare = list;
  }
}

function takeFrom(list: (Writer | undefined)[], at: number): Writer {
  const writer = list[at] as Writer;
  list[at] = undefined;
  return writer;
}

/** Whether a chunk is being read. */
let reading = false;
/** What waits for its end. */
let waiting: (() => void) | undefined = undefined;

/** Does a job once the chunk that is being read has been read to its end; in the next tick when there is none. */
export function whenRead(job: () => void): void {
  if (reading && waiting === undefined) waiting = job;
  else process.nextTick(job);
}

/** A chunk is about to be read; false within the reading of another. */
export function beginChunk(): boolean {
  if (reading) return false;
  reading = true;
  return true;
}

/** The chunk for which `beginChunk` was true has been read, or could not be. What waited is done, which may throw. */
export function endChunk(read: boolean): void {
  const job = waiting;
  reading = false;
  waiting = undefined;
  if (job === undefined) return;
  if (read) job();
  else process.nextTick(job);
}
