import { payloadOf, numberAfter } from "./wire.ts";
import type { FrameKind, Wire, WireSettings } from "./wire.ts";

const shownBytes = 256;

/** The plain dialect as JSON. */
export function plainWire({ namespace, auth, event, echo, size }: WireSettings): Wire {
  const inside = {
    ...(namespace !== "/" && { namespace }),
    ...(auth !== undefined && { auth }),
  };
  const name = JSON.stringify(event);
  const place = namespace === "/" ? "" : `,"namespace":${JSON.stringify(namespace)}`;
  return {
    opening: [JSON.stringify({ connect: inside })],
    kindOf(data, isBinary): FrameKind {
      if (isBinary) return "other";
      const text = data.toString("latin1", 0, Math.min(data.length, shownBytes));
      if (text.startsWith('{"connected"')) return "ready";
      if (text.startsWith('{"error"')) return "refused";
      const found =
        echo === "ack"
          ? text.startsWith('{"ack":') && numberAfter(text, '{"ack":')
          : text.startsWith(`{"event":${name}`) && numberAfter(text, '["');
      return typeof found === "number" ? found : "other";
    },
    message(id) {
      const wants = echo === "ack" ? `,"id":${id}` : "";
      return `{"event":${name},"data":["${payloadOf(id, size)}"]${wants}${place}}`;
    },
  };
}
