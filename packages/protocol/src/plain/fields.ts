import type { PlainMessage } from "./message.ts";

/** What is left out says undefined, which no codec writes. */
type Written = Record<string, unknown>;

/**
 * A message as the object that its text says. Without `binary`, which belongs to the codec; `data` is left away when
 * there are no arguments.
 */
export function fieldsOf(message: PlainMessage): Written {
  switch (message.type) {
    case "event": {
      const { event, data, id, durable, again, position } = message;
      const namespace = named(message.namespace);
      return { event, data: listed(data), id, durable, again, position, namespace };
    }
    case "ack": {
      const { id, data, namespace } = message;
      return { ack: id, data: listed(data), namespace: named(namespace) };
    }
    case "connect": {
      const { namespace, auth, session, base64 } = message;
      const binary = base64 === true ? "base64" : undefined;
      return { connect: { namespace: named(namespace), auth, session, binary } };
    }
    case "recover": {
      const { namespace, auth, session, base64, position } = message;
      const binary = base64 === true ? "base64" : undefined;
      return { recover: { session, position, namespace: named(namespace), auth, binary } };
    }
    case "subscribe":
    case "unsubscribe":
    case "subscribed":
    case "unsubscribed":
      return { [message.type]: message.rooms, namespace: named(message.namespace) };
    case "position":
    case "live":
      return { [message.type]: message.position, namespace: named(message.namespace) };
    case "ping":
    case "pong":
      return { [message.type]: message.value };
    case "disconnect":
      return { disconnect: { namespace: named(message.namespace) } };
    case "connected": {
      const { namespace, id, session, position, recovered, accepted, inFlight } = message;
      const inside = { id, session, position, recovered, accepted, inFlight };
      return { connected: { ...inside, namespace: named(namespace) } };
    }
    case "reset": {
      const { reason, room, namespace } = message;
      return { reset: { reason, room }, namespace: named(namespace) };
    }
    case "durable": {
      const { durable, data, error, retry, namespace } = message;
      return { durable, data, error, retry, namespace: named(namespace) };
    }
    case "error":
    default: {
      const { code, message: text, at, namespace, id, data } = message;
      return { error: { code, message: text, at, id, namespace: named(namespace), data } };
    }
  }
}

function named(namespace: string | undefined): string | undefined {
  return namespace === "/" ? undefined : namespace;
}

function listed(data: readonly unknown[]): readonly unknown[] | undefined {
  return data.length === 0 ? undefined : data;
}
