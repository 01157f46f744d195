import * as v from "valibot";
import { deliveryEvents } from "@hawser/protocol/internal";
import { reservedEvents } from "@hawser/protocol";
import { isUserRoom } from "../../delivery/user-room.ts";
import { nameLengthMax, pageMax } from "./limits.ts";
import type { PublishLimits } from "./limits.ts";
import type {
  ActionName,
  ActionRequests,
  BatchRequest,
  ListQuery,
  TargetFields,
} from "./requests.ts";

export type Schema<Value> = v.GenericSchema<unknown, Value>;

/** What requests must look like. The OpenAPI document is made of the same objects. */
export interface Schemas {
  readonly actions: { readonly [Name in ActionName]: Schema<ActionRequests[Name]> };
  /** The same as items of a batch, with `action`. */
  readonly items: { readonly [Name in ActionName]: Schema<ActionRequests[Name]> };
  readonly batch: Schema<BatchRequest>;
  readonly roomsQuery: Schema<ListQuery>;
  readonly membersQuery: Schema<ListQuery>;
  readonly socketQuery: Schema<ListQuery>;
  readonly noQuery: Schema<object>;
}

const reservedNames: ReadonlySet<string> = new Set([
  ...reservedEvents,
  ...Object.values(deliveryEvents),
]);
// The messages of own checks are codes of problems.
const room = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(nameLengthMax),
  v.check((name) => !isUserRoom(name), "ROOM_RESERVED"),
);
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(nameLengthMax));
/**
 * The id of a socket as Socket.IO's servers make it, also for clients of its version 2. Any room can be reached by its name:
 * a key for sockets must not be one for rooms.
 */
const socketId = v.pipe(v.string(), v.maxLength(nameLengthMax), v.regex(/^(?:\/.*#)?[\w-]{20}$/));
const event = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(nameLengthMax),
  v.check((text) => !reservedNames.has(text), "EVENT_RESERVED"),
  v.description("The name of the event"),
);
const namespace = v.optional(
  v.pipe(v.string(), v.regex(/^\//), v.maxLength(nameLengthMax), v.description('Default "/"')),
);
const target = {
  room: v.optional(v.pipe(room, v.description("Everyone in this room"))),
  user: v.optional(v.pipe(name, v.description("Every socket of this user"))),
  socket: v.optional(v.pipe(socketId, v.description("The socket with this id"))),
  all: v.optional(v.pipe(v.literal(true), v.description("Everyone in the namespace"))),
};
const flag = (text: string) => v.optional(v.pipe(v.boolean(), v.description(text)));

/** Exactly one of the fields that say who is meant. */
function hasOneTarget(value: TargetFields & { rooms?: unknown }): boolean {
  const fields = [value.room, value.rooms, value.user, value.socket, value.all];
  return fields.filter((it) => it !== undefined).length === 1;
}

/** The fields of each action. */
function entriesOf({ roomsMax, argumentsMax }: PublishLimits) {
  const rooms = v.pipe(v.array(room), v.minLength(1), v.maxLength(roomsMax));
  const oneOrMore = v.union([room, rooms]);
  return {
    publish: {
      namespace,
      ...target,
      rooms: v.optional(v.pipe(rooms, v.description("Everyone in any of these rooms, once"))),
      except: v.optional(v.pipe(oneOrMore, v.description("But nobody in these rooms"))),
      event,
      data: v.optional(
        v.pipe(
          v.array(v.unknown()),
          v.maxLength(argumentsMax),
          v.description("The arguments of the event, in order; default none"),
        ),
      ),
      binary: v.optional(
        v.pipe(v.literal("base64"), v.description('Bytes stand in data as {"$base64":"…"}')),
      ),
      durable: flag("Log it, and replay it to those who are away: durable delivery"),
      volatile: flag("Drop it for those whose line is not ready"),
    },
    disconnect: { namespace, ...target, close: flag("Close their whole connection, too") },
    join: {
      namespace,
      ...target,
      join: v.pipe(oneOrMore, v.description("The rooms that they join")),
    },
    leave: {
      namespace,
      ...target,
      leave: v.pipe(oneOrMore, v.description("The rooms that they leave")),
    },
  };
}

/** Numbers of a query come as text. */
const limit = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1), v.maxValue(pageMax)),
);
const after = v.optional(v.pipe(v.string(), v.maxLength(nameLengthMax)));

export function makeSchemas(limits: PublishLimits): Schemas {
  const entries = entriesOf(limits);
  // The function is written out each time, so that its type is that of what stands before it.
  return {
    actions: {
      publish: v.pipe(
        v.strictObject(entries.publish),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      disconnect: v.pipe(
        v.strictObject(entries.disconnect),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      join: v.pipe(
        v.strictObject(entries.join),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      leave: v.pipe(
        v.strictObject(entries.leave),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
    },
    items: {
      publish: v.pipe(
        v.strictObject({ action: v.literal("publish"), ...entries.publish }),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      disconnect: v.pipe(
        v.strictObject({ action: v.literal("disconnect"), ...entries.disconnect }),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      join: v.pipe(
        v.strictObject({ action: v.literal("join"), ...entries.join }),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
      leave: v.pipe(
        v.strictObject({ action: v.literal("leave"), ...entries.leave }),
        v.check((it) => hasOneTarget(it), "TARGET"),
      ),
    },
    batch: v.strictObject({
      items: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(limits.batchItemsMax)),
    }),
    roomsQuery: v.strictObject({ namespace, limit, after, prefix: after }),
    membersQuery: v.strictObject({ namespace, limit, after }),
    socketQuery: v.strictObject({ namespace }),
    noQuery: v.strictObject({}),
  };
}
