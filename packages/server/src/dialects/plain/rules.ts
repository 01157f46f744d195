import type { PlainCodecLimits, SocketPacket } from "@hawser/protocol";
import type { Outgoing } from "@hawser/engine/internal";
import type { PlainLimits } from "../limits.ts";
import type { SubscribePermission } from "../options.ts";

/** What holds for the plain clients of one path and form. */
export interface PlainRules {
  readonly isMsgpack: boolean;
  readonly limits: PlainLimits;
  /** Until it has entered a namespace. */
  readonly early: PlainCodecLimits;
  readonly codec: PlainCodecLimits;
  readonly permission: SubscribePermission | undefined;
  readonly hasDelivery: boolean;
  /** Reads what a parser of its own has written; undefined: it is Socket.IO's, and need not be read. */
  readonly toPacket: ((message: Outgoing) => SocketPacket) | undefined;
  /** The offset of a position of our log. */
  offsetOf(mark: string): number | undefined;
  /** What the application has thrown. */
  report(this: void, error: unknown): void;
}
