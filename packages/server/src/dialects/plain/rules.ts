import type { PlainCodecLimits } from "@hawser/protocol";
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
  /** The offset of a position of our log. */
  offsetOf(mark: string): number | undefined;
  /** What the application has thrown. */
  report(this: void, error: unknown): void;
}
