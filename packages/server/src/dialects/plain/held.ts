import type { PlainRequest } from "@hawser/protocol";
import type { PlainLimits } from "../limits.ts";

/** A message, and what it costs. */
interface Early {
  readonly message: PlainRequest;
  readonly bytes: number;
}

type HeldLimits = Pick<PlainLimits, "heldMessages" | "heldBytes" | "namespaces">;

/**
 * What a client has said before the namespaces that it asked for have let it in, or before a subscription has been
 * decided on: kept in order, bounded.
 */
export class Held {
  private readonly limits: HeldLimits;
  /** By the namespaces that it waits for. */
  private readonly early: Map<string, Early[]> = new Map();
  /** Those that it has ever asked for, so many as it may be in: into these it comes by its own wish alone. */
  private readonly asked: Set<string> = new Set();
  private count = 0;
  private bytes = 0;

  constructor(limits: HeldLimits) {
    this.limits = limits;
  }

  /** How many namespaces it waits for. */
  get size(): number {
    return this.early.size;
  }

  awaits(namespace: string): boolean {
    return this.early.has(namespace);
  }

  /** Whether its first message for a namespace is its wish to enter it, too. */
  isNew(namespace: string): boolean {
    return this.asked.size < this.limits.namespaces && !this.asked.has(namespace);
  }

  expect(namespace: string): void {
    if (this.asked.size < this.limits.namespaces) this.asked.add(namespace);
    if (!this.early.has(namespace)) this.early.set(namespace, []);
  }

  /** @returns false when that would be too much */
  hold(namespace: string, message: PlainRequest, bytes: number): boolean {
    const { heldMessages, heldBytes } = this.limits;
    if (this.count >= heldMessages || this.bytes + bytes > heldBytes) return false;
    this.count++;
    this.bytes += bytes;
    this.early.get(namespace)!.push({ message, bytes });
    return true;
  }

  /** What was said for a namespace, which is awaited no longer. */
  take(namespace: string): readonly Early[] {
    const early = this.early.get(namespace) ?? [];
    this.early.delete(namespace);
    this.count -= early.length;
    for (const { bytes } of early) this.bytes -= bytes;
    return early;
  }

  clear(): void {
    this.early.clear();
    this.count = 0;
    this.bytes = 0;
  }
}
