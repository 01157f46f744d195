import { payloadOf } from "./wire.ts";
import type { FrameKind, Wire, WireSettings } from "./wire.ts";

/** A bare WebSocket whose server sends back what it is sent. */
export function rawWire({ size }: WireSettings): Wire {
  return {
    opening: [],
    kindOf(data): FrameKind {
      const digits = /^(\d+):/.exec(data.toString("latin1", 0, 20));
      return digits ? Number(digits[1]) : "other";
    },
    message: (id) => payloadOf(id, size),
  };
}
