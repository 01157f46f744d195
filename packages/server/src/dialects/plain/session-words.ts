import { deliveryKey, deliveryVersion } from "@hawser/protocol/internal";
import { markedPlace, offsetMark } from "../../delivery/durable-message.ts";
import type { DeliveryAnswer, DeliveryRequest } from "@hawser/protocol/internal";
import type { PlainConnected, PlainRequest } from "@hawser/protocol";

/** What the wish of a client is in the words of durable delivery; undefined: it wants no session. */
export function requestOf(
  message: Extract<PlainRequest, { type: "connect" | "recover" }>,
): DeliveryRequest | undefined {
  const wish: DeliveryRequest = { v: deliveryVersion, next: 1 };
  if (message.type === "connect") return message.session === true ? wish : undefined;
  const { session, position } = message;
  const dot = session.indexOf(".");
  // A text that is no session is one that is not there any more.
  wish.session = { id: session.slice(0, Math.max(dot, 0)), secret: session.slice(dot + 1) };
  const place = position === undefined ? undefined : markedPlace(position);
  if (place !== undefined) wish.position = place;
  return wish;
}

/** What a client is told that has been let in. */
export function connectedOf(namespace: string, said: object): PlainConnected {
  const { sid: id, [deliveryKey]: answer } = said as {
    sid: string;
    [deliveryKey]?: DeliveryAnswer;
  };
  if (answer === undefined) return { type: "connected", namespace, id };
  const { session, position, recovered, accepted, inFlight } = answer;
  return {
    type: "connected",
    namespace,
    id,
    session: `${session.id}.${session.secret}`,
    position: offsetMark(position.epoch, position.offset),
    recovered,
    accepted,
    inFlight,
  };
}
