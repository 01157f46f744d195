import { isUserRoom } from "../delivery/user-room.ts";
import type { Room } from "../adapter/types.ts";
import type { AnySocket } from "../erased.ts";
import type { PlainLimits } from "./limits.ts";
import type { SubscribePermission } from "./options.ts";

/** What has become of the wish for one room. */
export type SubscribeOutcome = "granted" | "SUBSCRIBE_REFUSED" | "SUBSCRIPTIONS_TOO_MANY";

/** The bounds of subscriptions. */
export type SubscriptionLimits = Pick<PlainLimits, "subscriptionsMax" | "roomNameChars">;

/** The rooms that one socket is in by its client's wish. */
export class Subscriptions {
  readonly socket: AnySocket;
  private readonly permission: SubscribePermission | undefined;
  private readonly limits: SubscriptionLimits;
  private readonly rooms: Set<Room> = new Set();
  /** Rooms that are being looked at. */
  private asked = 0;
  /** Ends when the wishes so far have been seen to: the newest counts. */
  private last: Promise<unknown> = Promise.resolve();
  /** Rooms in these. */
  private waiting = 0;

  constructor(
    socket: AnySocket,
    permission: SubscribePermission | undefined,
    limits: SubscriptionLimits,
  ) {
    this.socket = socket;
    this.permission = permission;
    this.limits = limits;
  }

  /**
   * Joins those of the rooms that the application allows. One outcome each; an exception of the application's is a
   * refusal, and `report` is told.
   */
  subscribe(rooms: readonly Room[], report: (error: unknown) => void): Promise<SubscribeOutcome[]> {
    const tooMany = rooms.map((): SubscribeOutcome => "SUBSCRIPTIONS_TOO_MANY");
    return this.inTurn(rooms, () => this.join(rooms, report), tooMany);
  }

  /** Leaves rooms. Those that it is in by the application's wish stay. @returns those that it has left */
  unsubscribe(rooms: readonly Room[], report: (error: unknown) => void): Promise<Room[]> {
    return this.inTurn(rooms, () => this.leave(rooms, report), []);
  }

  private inTurn<Outcome>(
    { length }: readonly Room[],
    run: () => Promise<Outcome>,
    tooMany: Outcome,
  ): Promise<Outcome> {
    // An application that takes its time must not be made to keep them without end.
    if (this.waiting + length > 2 * this.limits.subscriptionsMax) return Promise.resolve(tooMany);
    this.waiting += length;
    const done = this.last.then(run);
    this.last = done.then(() => {
      this.waiting -= length;
    });
    return done;
  }

  private async join(
    rooms: readonly Room[],
    report: (error: unknown) => void,
  ): Promise<SubscribeOutcome[]> {
    const outcomes = await Promise.all(rooms.map((room) => this.ask(room, report)));
    const granted = rooms.filter((_room, index) => outcomes[index] === "granted");
    if (!this.socket.connected) return outcomes.map(() => "SUBSCRIBE_REFUSED");
    // A log that cannot be written is told by delivery itself.
    if (granted.length > 0) await settled(() => this.socket.join(granted));
    return outcomes;
  }

  private async leave(rooms: readonly Room[], report: (error: unknown) => void): Promise<Room[]> {
    const left: Room[] = [];
    for (const room of rooms) {
      if (!(await this.isOwn(room, report))) continue;
      this.rooms.delete(room);
      left.push(room);
      await settled(() => this.socket.leave(room));
    }
    return left;
  }

  private async ask(room: Room, report: (error: unknown) => void): Promise<SubscribeOutcome> {
    if (this.rooms.has(room)) return "granted";
    if (this.rooms.size + this.asked >= this.limits.subscriptionsMax) {
      return "SUBSCRIPTIONS_TOO_MANY";
    }
    this.asked++;
    try {
      if (!(await this.isAllowed(room, report))) return "SUBSCRIBE_REFUSED";
      this.rooms.add(room);
      return "granted";
    } finally {
      this.asked--;
    }
  }

  private async isAllowed(room: Room, report: (error: unknown) => void): Promise<boolean> {
    if (this.permission === undefined || !mayBeAskedFor(this.socket, room, this.limits)) {
      return false;
    }
    try {
      // Programs without types may give anything.
      const answer: unknown = await this.permission(this.socket, room);
      return answer === true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  /** A session that has come back is in the rooms of before, and nobody knows by whose wish: the application says. */
  private async isOwn(room: Room, report: (error: unknown) => void): Promise<boolean> {
    if (this.rooms.has(room)) return true;
    return this.socket.recovered && this.socket.rooms.has(room) && this.isAllowed(room, report);
  }
}

async function settled(run: () => Promise<void> | void): Promise<void> {
  try {
    await run();
  } catch {
    // As above.
  }
}

/** Whether the application is asked at all: not for what is no room of its own making. */
export function mayBeAskedFor(
  socket: AnySocket,
  room: unknown,
  { roomNameChars }: Pick<SubscriptionLimits, "roomNameChars">,
): room is Room {
  if (typeof room !== "string" || room === "" || room.length > roomNameChars) return false;
  // The room of a socket is what is said to it alone.
  if (isUserRoom(room) || room.startsWith("\0")) return false;
  return room !== socket.id && !socket.nsp.sockets.has(room);
}
