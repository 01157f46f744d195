// What the cases of the client have in common.
import { clientOptionsFor } from "../../src/support/pairing.ts";
import { next, within } from "../harness/tools.ts";
import type { ClientOptions, ClientSocket } from "../../src/support/pairing.ts";
import type { Stage } from "../harness/stage.ts";

interface Told extends Error {
  readonly type?: string;
  readonly description?: unknown;
  readonly context?: { readonly status?: number };
  readonly data?: unknown;
}

/** What a user can see of an error of the client. */
export function shown(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, type, description, context, data } = error as Told;
  const isNumber = typeof description === "number";
  return {
    message,
    type,
    description: isNumber ? description : typeof description,
    status: context?.status,
    data,
  };
}

/** What `disconnect` tells besides the reason: an error, or what the transport reported. */
export function details(description: unknown): unknown {
  if (description === undefined || description instanceof Error) return shown(description);
  const told = description as { description: unknown; context?: unknown };
  return { description: told.description, context: typeof told.context };
}

interface Watched {
  readonly socket: unknown[];
  readonly io: unknown[];
}

/** Writes down what a socket and what its manager tells, each in order. */
export function watched(client: ClientSocket): Watched {
  const seen: Watched = { socket: [], io: [] };
  const state = (): unknown => [client.connected, client.active, typeof client.id];
  client.on("connect", () => seen.socket.push(["connect", state()]));
  client.on("connect_error", (error) => seen.socket.push(["connect_error", shown(error), state()]));
  client.on("disconnect", (reason, description) => {
    seen.socket.push(["disconnect", reason, details(description), state()]);
  });
  for (const event of ["open", "reconnect_failed", "reconnect_attempt", "reconnect"] as const) {
    client.io.on(event, (...args: unknown[]) => seen.io.push([event, ...args]));
  }
  for (const event of ["error", "reconnect_error"] as const) {
    client.io.on(event, (error) => seen.io.push([event, shown(error)]));
  }
  client.io.on("close", (reason, description) => {
    seen.io.push(["close", reason, details(description)]);
  });
  return seen;
}

/** `io()` of the client at hand with the transports of the mode; disconnected afterwards. */
export function connectTo(
  it: Stage,
  uri: string,
  options: Partial<ClientOptions> = {},
): ClientSocket {
  const { io } = it.clientLib;
  const socket = io(uri, {
    ...clientOptionsFor(it.mode),
    reconnectionDelay: 20,
    reconnectionDelayMax: 40,
    forceNew: true,
    ...options,
  });
  it.after(() => socket.disconnect());
  return socket;
}

/** How an attempt to connect ends: connected, or why not. */
export function ending(socket: ClientSocket): Promise<unknown> {
  const fine = next(socket, "connect").then(() => "connected");
  const failed = next<[Error]>(socket, "connect_error").then(([error]) => shown(error));
  return within("the end of an attempt", Promise.race([fine, failed]));
}
