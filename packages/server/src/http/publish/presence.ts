import { isUserRoom, userAmong } from "../../delivery/user-room.ts";
import { broadcastTo } from "./actions.ts";
import { pageDefault } from "./limits.ts";
import { namespaceOf } from "./namespaces.ts";
import { Problem } from "./problem.ts";
import { checkScope } from "./scopes.ts";
import type { AnyNamespace, AnyServer } from "../../erased.ts";
import type { ApiKey } from "./api-key.ts";
import type { ListQuery } from "./requests.ts";
import type { Target } from "./scopes.ts";

/** A page of rooms. */
export interface RoomList {
  readonly rooms: readonly { readonly room: string; readonly count: number }[];
  /** For `after` of the next page; absent when there is none. */
  readonly next?: string;
}

/** A socket in a list. */
export interface Member {
  readonly id: string;
  readonly user?: string;
}

/** Who is in a room, or which sockets a user has. */
export interface MemberList {
  readonly count: number;
  readonly sockets: readonly Member[];
  readonly next?: string;
}

/** What is told of one socket. */
export interface SocketView extends Member {
  readonly rooms: readonly string[];
  /** ISO 8601. */
  readonly connectedAt: string;
  readonly address: string;
}

/** A socket of this node or of another. */
interface Found {
  readonly id: string;
  readonly rooms: ReadonlySet<string>;
  readonly handshake: { readonly issued: number; readonly address: string };
}

/** Rooms of one socket that are told. */
const roomsOfSocketMax = 1_000;

/** Answers who is there, over all nodes. What is answered is bounded by pages. */
export class Presence {
  private readonly server: AnyServer;

  constructor(server: AnyServer) {
    this.server = server;
  }

  /** The rooms of a namespace, by name, with how many sockets are in each; the sockets' and users' own are left out. */
  async rooms(key: ApiKey | undefined, query: ListQuery): Promise<RoomList> {
    const { prefix = "", after, limit = pageDefault } = query;
    const nsp = await this.namespace(key, query, { kind: "all" });
    const counts = await countsOf(nsp);
    const names = [...counts.names()]
      .filter((name) => name.startsWith(prefix) && (after === undefined || name > after))
      .toSorted(byCodeUnits);
    const page = names.slice(0, limit).map((room) => ({ room, count: counts.countOf(room) }));
    return withNext({ rooms: page }, names.length > limit ? page.at(-1)?.room : undefined);
  }

  /** The sockets in a room. */
  room(key: ApiKey | undefined, room: string, query: ListQuery): Promise<MemberList> {
    if (isUserRoom(room)) throw new Problem("ROOM_RESERVED");
    return this.members(key, { kind: "room", name: room }, query);
  }

  /** The sockets of a user. */
  user(key: ApiKey | undefined, user: string, query: ListQuery): Promise<MemberList> {
    return this.members(key, { kind: "user", name: user }, query);
  }

  /** One socket. @throws Problem `NOT_FOUND` */
  async socket(key: ApiKey | undefined, id: string, query: ListQuery): Promise<SocketView> {
    const nsp = await this.namespace(key, query, { kind: "socket", name: id });
    const found = (await nsp.in(id).fetchSockets()) as readonly Found[];
    const socket = found.find((it) => it.id === id);
    if (socket === undefined) throw new Problem("NOT_FOUND");
    const { rooms, handshake } = socket;
    const others = [...rooms].filter((room) => room !== id && !isUserRoom(room));
    return {
      ...memberOf(socket),
      rooms: others.toSorted(byCodeUnits).slice(0, roomsOfSocketMax),
      connectedAt: new Date(handshake.issued).toISOString(),
      address: handshake.address,
    };
  }

  private async members(
    key: ApiKey | undefined,
    target: Target,
    query: ListQuery,
  ): Promise<MemberList> {
    const { after, limit = pageDefault } = query;
    const nsp = await this.namespace(key, query, target);
    const found = (await broadcastTo(nsp, [target]).fetchSockets()) as unknown as readonly Found[];
    const later = found
      .filter(({ id }) => after === undefined || id > after)
      .toSorted((a, b) => byCodeUnits(a.id, b.id));
    const sockets = later.slice(0, limit).map(memberOf);
    const next = later.length > limit ? sockets.at(-1)?.id : undefined;
    return withNext({ count: found.length, sockets }, next);
  }

  private async namespace(
    key: ApiKey | undefined,
    { namespace = "/" }: ListQuery,
    target: Target,
  ): Promise<AnyNamespace> {
    checkScope(key, "read", namespace, [target]);
    return namespaceOf(this.server, namespace);
  }
}

interface RoomCounts {
  names(): Iterable<string>;
  countOf(room: string): number;
}

/** How many are in which room. One node knows its rooms; of several, each says which sockets it has. */
async function countsOf(nsp: AnyNamespace): Promise<RoomCounts> {
  const { adapter } = nsp;
  if ((await adapter.serverCount()) <= 1) {
    const { rooms, sids } = adapter;
    const isShared = (room: string): boolean => !sids.has(room) && !isUserRoom(room);
    return {
      names: () => [...rooms.keys()].filter(isShared),
      countOf: (room) => rooms.get(room)?.size ?? 0,
    };
  }
  const counts = new Map<string, number>();
  for (const { id, rooms } of (await nsp.fetchSockets()) as readonly Found[]) {
    for (const room of rooms) {
      if (room !== id && !isUserRoom(room)) counts.set(room, (counts.get(room) ?? 0) + 1);
    }
  }
  return { names: () => counts.keys(), countOf: (room) => counts.get(room) ?? 0 };
}

function memberOf({ id, rooms }: Found): Member {
  const user = userAmong(rooms);
  return user === undefined ? { id } : { id, user };
}

/** The order of `<`, whatever the machine's language: pages are cut by it. */
function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function withNext<List extends object>(list: List, next: string | undefined): List {
  return next === undefined ? list : { ...list, next };
}
