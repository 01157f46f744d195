import type { PlainRequest } from "@hawser/protocol";
import type { PlainLimits } from "../limits.ts";

/** A message, and what it costs. */
interface Early {
  readonly message: PlainRequest;
  readonly bytes: number;
}

/** What waits for one namespace. */
interface Wait {
  readonly namespace: string;
  readonly early: Early[];
}

type HeldLimits = Pick<PlainLimits, "heldMessages" | "heldBytes" | "namespaces">;

const none: readonly never[] = Object.freeze([]);

/**
 * What a client has said before the namespaces that it asked for have let it in, or before a subscription has been
 * decided on: kept in order, bounded. Lists, since most clients are in one namespace.
 */
export class Held {
  private readonly limits: HeldLimits;
  private waits: readonly Wait[] = none;
  /** Those that it has ever asked for, so many as it may be in: into these it comes by its own wish alone. */
  private asked: readonly string[] = none;
  private count = 0;
  private bytes = 0;

  constructor(limits: HeldLimits) {
    this.limits = limits;
  }

  /** How many namespaces it waits for. */
  get size(): number {
    return this.waits.length;
  }

  awaits(namespace: string): boolean {
    return this.waits.length > 0 && this.find(namespace) !== undefined;
  }

  /** Whether its first message for a namespace is its wish to enter it, too. */
  isNew(namespace: string): boolean {
    return this.asked.length < this.limits.namespaces && !this.asked.includes(namespace);
  }

  expect(namespace: string): void {
    // Not by `push`, which makes room for sixteen more.
    if (this.isNew(namespace)) this.asked = [...this.asked, namespace];
    if (!this.awaits(namespace)) this.waits = [...this.waits, { namespace, early: [] }];
  }

  /** @returns false when that would be too much */
  hold(namespace: string, message: PlainRequest, bytes: number): boolean {
    const { heldMessages, heldBytes } = this.limits;
    if (this.count >= heldMessages || this.bytes + bytes > heldBytes) return false;
    this.count++;
    this.bytes += bytes;
    this.find(namespace)!.early.push({ message, bytes });
    return true;
  }

  /** What was said for a namespace, which is awaited no longer. */
  take(namespace: string): readonly Early[] {
    const wait = this.find(namespace);
    if (wait === undefined) return none;
    this.waits = this.waits.length === 1 ? none : this.waits.filter((other) => other !== wait);
    this.count -= wait.early.length;
    for (const { bytes } of wait.early) this.bytes -= bytes;
    return wait.early;
  }

  clear(): void {
    this.waits = none;
    this.count = 0;
    this.bytes = 0;
  }

  private find(namespace: string): Wait | undefined {
    return this.waits.find((wait) => wait.namespace === namespace);
  }
}
