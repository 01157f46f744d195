import { debuglog } from "node:util";
import type { Connection } from "@hawser/engine";

const debug = debuglog("hawser");

/** Counts the connections that were ended since their client did not keep to the protocol. */
export class BadInput {
  /** How often each cause was met; causes are a fixed list, so this does not grow. */
  readonly counts: Map<string, number> = new Map();

  /**
   * Notes a cause. `NODE_DEBUG=hawser` prints each; with `NODE_ENV=development` the first of each kind is a warning.
   * @param cause a few words, or the error of a parser
   */
  report(conn: Connection, cause: string | Error): void {
    const text = typeof cause === "string" ? cause : cause.message;
    const kind =
      typeof cause === "string" ? cause : ((cause as { code?: string }).code ?? cause.name);
    const seen = this.count(kind);
    debug("connection %s of %s closed: %s", conn.id, conn.remoteAddress, text);
    if (seen === 0 && process.env["NODE_ENV"] === "development") {
      process.emitWarning(`a client at ${conn.remoteAddress} was disconnected: ${text}`, "Hawser");
    }
  }

  /** Counts a mistake that its client was told of, and that ended nothing. @returns how often it was met before */
  count(kind: string): number {
    const seen = this.counts.get(kind) ?? 0;
    this.counts.set(kind, seen + 1);
    return seen;
  }
}
