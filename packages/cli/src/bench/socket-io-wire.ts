import { numberAfter, payloadOf } from "./wire.ts";
import type { FrameKind, Wire, WireSettings } from "./wire.ts";

/** Socket.IO over a websocket, written by hand: the client under load is to cost as little as it can. */
export function socketIoWire({ namespace, auth, event, echo, size }: WireSettings): Wire {
  const place = namespace === "/" ? "" : `${namespace},`;
  const name = JSON.stringify(event);
  const head = `42${place}`;
  const ackHead = `43${place}`;
  const echoHead = `42${place}[${name},"`;
  return {
    opening: [`40${place}${auth === undefined ? "" : JSON.stringify(auth)}`],
    kindOf(data, isBinary): FrameKind {
      if (isBinary) return "other";
      const text = data.toString("latin1", 0, Math.min(data.length, echoHead.length + 16));
      if (text === "2") return "ping";
      if (text.startsWith("0")) return "hello";
      if (text.startsWith("40")) return "ready";
      if (text.startsWith("44") || text.startsWith("41")) return "refused";
      const found =
        echo === "ack"
          ? text.startsWith(ackHead) && numberAfter(text, ackHead)
          : text.startsWith(echoHead) && numberAfter(text, echoHead);
      return typeof found === "number" ? found : "other";
    },
    message: (id) => `${head}${echo === "ack" ? id : ""}[${name},"${payloadOf(id, size)}"]`,
  };
}
