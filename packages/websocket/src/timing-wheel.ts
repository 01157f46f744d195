/** Where a wheel takes its time from: the system's, or a virtual one in tests. */
export interface WheelClock {
  /** Milliseconds, never going backwards. */
  now(): number;
  /** Calls `tick` every `periodMs` until the returned function is called. Must not keep the process alive. */
  start(tick: () => void, periodMs: number): () => void;
  /** Calls `job` after the input and output that is waiting has been handled. */
  afterInput(job: () => void): void;
}

export const systemClock: WheelClock = {
  now: () => performance.now(),
  start: (tick, periodMs) => {
    const interval = setInterval(tick, periodMs);
    interval.unref();
    return () => clearInterval(interval);
  },
  afterInput: (job) => {
    setImmediate(job);
  },
};

/** Something that waits on a wheel. The links are the wheel's: an entry waits on one wheel, once, at a time. */
export abstract class WheelEntry {
  /** Neighbours in the ring of its slot; undefined while the entry is not waiting. */
  wheelPrevious: WheelEntry | undefined = undefined;
  wheelNext: WheelEntry | undefined = undefined;
  /** The tick at which it is due; valid while it is waiting. */
  wheelDueTick = 0;

  /** Called once, when the delay has passed. The entry is free again by then and may schedule itself anew. */
  abstract onExpire(): void;
}

class Ring extends WheelEntry {
  constructor() {
    super();
    this.wheelPrevious = this;
    this.wheelNext = this;
  }

  override onExpire(): void {}
}

function linkBefore(ring: WheelEntry, entry: WheelEntry): void {
  const last = ring.wheelPrevious as WheelEntry;
  entry.wheelPrevious = last;
  entry.wheelNext = ring;
  last.wheelNext = entry;
  ring.wheelPrevious = entry;
}

function unlink(entry: WheelEntry): void {
  (entry.wheelPrevious as WheelEntry).wheelNext = entry.wheelNext;
  (entry.wheelNext as WheelEntry).wheelPrevious = entry.wheelPrevious;
  entry.wheelPrevious = undefined;
  entry.wheelNext = undefined;
}

/** A tick this many slots late means that the process was stalled, and that input has piled up meanwhile. */
const stalledSlots = 10;

/**
 * Many time-outs on one interval. Entries stand in the ring of the slot in which they are due, so that scheduling and
 * cancelling cost the same however many wait. An entry expires at most one slot late, never early.
 */
export class TimingWheel {
  private readonly clock: WheelClock;
  /** How coarse it is. */
  readonly slotMs: number;
  private readonly mask: number;
  private readonly slots: (Ring | undefined)[];
  /** Entries taken out of their slot that have not been called yet: a handler may still cancel them. */
  private readonly due = new Ring();
  private waiting = 0;
  /** The last tick that was handled; valid while the interval runs. */
  private tick = 0;
  private stop: (() => void) | undefined = undefined;
  private deferred = false;

  /** `slotMs` is the coarseness; `slotCount`, a power of two, how many slots a turn has. */
  constructor(clock: WheelClock = systemClock, slotMs = 50, slotCount = 512) {
    this.clock = clock;
    this.slotMs = slotMs;
    this.mask = slotCount - 1;
    this.slots = Array.from<Ring | undefined>({ length: slotCount });
  }

  /** How many entries are waiting. */
  get size(): number {
    return this.waiting;
  }

  now(): number {
    return this.clock.now();
  }

  /** Lets `entry` expire after `delayMs`; an entry that was already waiting is moved. */
  schedule(entry: WheelEntry, delayMs: number): void {
    if (entry.wheelNext === undefined) this.waiting++;
    else unlink(entry);
    const now = this.clock.now();
    if (this.stop === undefined) this.start(now);
    const dueTick = Math.max(Math.ceil((now + delayMs) / this.slotMs), this.tick + 1);
    const index = dueTick & this.mask;
    entry.wheelDueTick = dueTick;
    linkBefore((this.slots[index] ??= new Ring()), entry);
  }

  /** Takes `entry` off the wheel; without effect when it is not waiting. */
  cancel(entry: WheelEntry): void {
    if (entry.wheelNext === undefined) return;
    unlink(entry);
    this.waiting--;
    if (this.waiting === 0) this.rest();
  }

  private start(now: number): void {
    this.tick = Math.floor(now / this.slotMs);
    this.stop = this.clock.start(() => this.onTick(), this.slotMs);
  }

  private rest(): void {
    this.stop?.();
    this.stop = undefined;
  }

  private onTick(): void {
    if (this.deferred) return;
    const late = Math.floor(this.clock.now() / this.slotMs) - this.tick;
    if (late < stalledSlots) {
      this.advance();
      return;
    }
    // The answers that would save these entries may lie unread in the kernel: read them first.
    this.deferred = true;
    this.clock.afterInput(() => {
      this.deferred = false;
      if (this.stop !== undefined) this.advance();
    });
  }

  private advance(): void {
    const target = Math.floor(this.clock.now() / this.slotMs);
    const turns = Math.min(target - this.tick, this.slots.length);
    const first = target - turns + 1;
    this.tick = target;
    for (let tick = first; tick <= target; tick++) {
      const ring = this.slots[tick & this.mask];
      if (ring !== undefined) this.collect(ring, target);
    }
    while (this.due.wheelNext !== this.due) {
      const entry = this.due.wheelNext as WheelEntry;
      unlink(entry);
      this.waiting--;
      entry.onExpire();
    }
    if (this.waiting === 0) this.rest();
  }

  private collect(ring: Ring, target: number): void {
    let entry = ring.wheelNext as WheelEntry;
    while (entry !== ring) {
      const next = entry.wheelNext as WheelEntry;
      if (entry.wheelDueTick <= target) {
        unlink(entry);
        linkBefore(this.due, entry);
      }
      entry = next;
    }
  }
}

let shared: TimingWheel | undefined;

/** The wheel of the process: all servers of a process can share one interval. */
export function sharedWheel(): TimingWheel {
  return (shared ??= new TimingWheel());
}
