import { offsetMark } from "../../delivery/durable-message.ts";
import { userRoom } from "../../delivery/user-room.ts";
import { ServerError } from "../../errors.ts";
import { withBinary } from "./binary.ts";
import { namespaceOf } from "./namespaces.ts";
import { Problem } from "./problem.ts";
import { checkScope } from "./scopes.ts";
import type { Broadcast } from "../../broadcast-operator.ts";
import type { AnyNamespace, AnyServer } from "../../erased.ts";
import type { EventsMap } from "../../typed-events.ts";
import type { ApiKey } from "./api-key.ts";
import type { ActionName, ActionRequests, PublishRequest, TargetFields } from "./requests.ts";
import type { Target, Verb } from "./scopes.ts";

/** What an action answers. */
export interface Done {
  readonly ok: true;
  /** Where the message stands in the log. */
  readonly position?: string;
}

type AnyBroadcast = Broadcast<EventsMap, unknown>;

const verbs: { readonly [Name in ActionName]: Verb } = {
  publish: "publish",
  disconnect: "disconnect",
  join: "join",
  leave: "join",
};

/**
 * Does what a backend asks for.
 * @throws Problem when its key is not for that, or it cannot be
 */
export async function act<Name extends ActionName>(
  server: AnyServer,
  key: ApiKey | undefined,
  name: Name,
  request: ActionRequests[Name],
): Promise<Done> {
  const { namespace = "/" } = request;
  const targets = targetsOf(request);
  checkScope(key, verbs[name], namespace, targets);
  // A namespace that is there is not waited for: what comes in order, goes out in order.
  const found = namespaceOf(server, namespace);
  const nsp = found instanceof Promise ? await found : found;
  const meant = broadcastTo(nsp, targets);
  if (name === "publish") return publish(server, meant, request as PublishRequest);
  if (name === "disconnect") {
    meant.disconnectSockets((request as ActionRequests["disconnect"]).close === true);
  } else if (name === "join") {
    meant.socketsJoin(listOf((request as ActionRequests["join"]).join));
  } else {
    meant.socketsLeave(listOf((request as ActionRequests["leave"]).leave));
  }
  return { ok: true };
}

function targetsOf(
  request: TargetFields & { readonly rooms?: readonly string[] | undefined },
): Target[] {
  const { room, rooms, user, socket } = request;
  if (room !== undefined) return [{ kind: "room", name: room }];
  if (rooms !== undefined) return rooms.map((name) => ({ kind: "room", name }));
  if (user !== undefined) return [{ kind: "user", name: user }];
  if (socket !== undefined) return [{ kind: "socket", name: socket }];
  return [{ kind: "all" }];
}

/** All sockets, or those in the rooms; a user and a socket have a room of their own. */
export function broadcastTo(nsp: AnyNamespace, targets: readonly Target[]): AnyBroadcast {
  const rooms: string[] = [];
  for (const target of targets) {
    if (target.kind === "user") rooms.push(userRoom(target.name));
    else if (target.kind !== "all") rooms.push(target.name);
  }
  return (rooms.length === 0 ? nsp.except([]) : nsp.to(rooms)) as AnyBroadcast;
}

async function publish(
  server: AnyServer,
  meant: AnyBroadcast,
  { event, data = [], except, binary, durable, volatile }: PublishRequest,
): Promise<Done> {
  if (durable === true && volatile === true) {
    const detail = "a message is durable, or volatile, or neither";
    throw new Problem("FIELD_INVALID", { at: "/volatile", detail });
  }
  if (durable === true && server._delivery === undefined) {
    throw new Problem("DELIVERY_OFF", { at: "/durable" });
  }
  const args = (binary === undefined ? data : withBinary(data, ["data"])) as never[];
  const to = except === undefined ? meant : meant.except(listOf(except));
  if (durable !== true) {
    (volatile === true ? to.volatile : to).emit(event, ...args);
    return { ok: true };
  }
  try {
    const { epoch, offset } = await to.durable.emit(event, ...args);
    return { ok: true, position: offsetMark(epoch, offset) };
  } catch (error) {
    // What the log says is for the server's own eyes: it has been told to `io.delivery`.
    if (error instanceof ServerError && error.fault === "developer") throw error;
    throw new Problem("LOG_FAILED");
  }
}

function listOf(rooms: string | readonly string[]): string[] {
  return typeof rooms === "string" ? [rooms] : [...rooms];
}
