import { markedOffset, offsetMark } from "../../delivery/durable-message.ts";
import { LogLine } from "../../delivery/log-line.ts";
import { Stays } from "../../delivery/stays.ts";
import { isUserRoom, userOf, userRoom } from "../../delivery/user-room.ts";
import { loggedFormOf, outgoingOfBlock, positionBlock, replyBlock } from "./form.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { ResetNotice } from "@hawser/protocol/internal";
import type { Room } from "../../adapter/types.ts";
import type { ServerDelivery } from "../../delivery/delivery.ts";
import type { DurableMessage } from "../../delivery/durable-message.ts";
import type { Span } from "../../delivery/log.ts";
import type { SocketDelivery } from "../../delivery/socket-delivery.ts";
import type { AnySocket } from "../../erased.ts";
import type { SessionLink } from "../../session-link.ts";
import type { DisconnectReason } from "../../socket-types.ts";

/** Stays that have ended within the life of one line; beyond it the older half is forgotten. */
const staysMax = 1_000;

/**
 * Between a socket whose client hears a stream and the log. There is no session: who comes again says where it was, and
 * asks for its rooms again.
 */
export class SseLink extends LogLine implements SessionLink, SocketDelivery {
  readonly keepsEvents: boolean;
  readonly session = undefined;
  readonly current = undefined;
  declare protected readonly host: ServerDelivery;
  protected readonly stays: Stays;
  private readonly rooms: readonly Room[];
  /** Up to where the client has everything. */
  private readonly after: number;
  /** Whether that is a position of this log. */
  private readonly goesOn: boolean;
  private readonly reset: ResetNotice | undefined;
  /** Rooms that the application has put it in before it was live: whether it was there before, nobody knows. */
  private unproven: Span[] = [];
  /** The position that the client was told last. */
  private told = -1;

  /**
   * @param rooms those that it asks for: it is given what was said there, too
   * @param lastEventId the position that it says; undefined when it begins
   */
  constructor(
    host: ServerDelivery,
    socket: AnySocket,
    rooms: readonly Room[],
    lastEventId: string | undefined,
  ) {
    super(host, socket);
    this.keepsEvents = host.keepsEvents;
    this.rooms = rooms;
    const { settled, tail } = host.ledger.timeline;
    const known = lastEventId === undefined ? undefined : markedOffset(host.epoch, lastEventId);
    this.goesOn = known !== undefined && known <= settled;
    this.reset = lastEventId === undefined || this.goesOn ? undefined : { reason: "epoch" };
    this.after = this.goesOn ? known! : tail;
    this.stays = new Stays(this.after, staysMax);
  }

  /** Where it begins, for the first event: a line that breaks at once is missed nothing, either. */
  begin(): string {
    this.told = this.goesOn ? this.after : this.host.ledger.timeline.settled;
    return offsetMark(this.host.epoch, this.told);
  }

  get delivery(): SocketDelivery {
    return this;
  }

  /** Up to where it has been told to have come. */
  get position(): number {
    return Math.max(this.told, 0);
  }

  get alive(): boolean {
    return !this.ended;
  }

  protected get namespace(): string {
    return this.socket.nsp.name;
  }

  admit(): boolean {
    for (const room of this.rooms) this.stays.begin(room, this.after);
    const user = userOf(this.socket);
    if (user !== undefined) this.stays.begin(userRoom(user), this.after);
    this.prepare();
    return true;
  }

  greeting(): object {
    return {};
  }

  /** After the listeners of `connection`, with the rooms that they put it in. */
  greeted(): void {
    if (this.reset !== undefined) this.tell(this.reset);
    queueMicrotask(() => void this.catchUp(this.after));
  }

  abandon(): void {}

  onLineClosed(reason: DisconnectReason): void {
    this.leaving = reason === "server namespace disconnect";
  }

  end(): void {
    this.ended = true;
  }

  joined(rooms: Iterable<Room | number>, done: Promise<void> | void): Promise<void> | void {
    const { tail } = this.host.ledger.timeline;
    for (const each of rooms) {
      // Programs without types name rooms by numbers, too.
      const room = String(each);
      if (!this.stays.join(room, tail) || this.live || !this.goesOn) continue;
      if (room === this.socket.id || isUserRoom(room)) continue;
      this.unproven.push({ room, after: this.after, upTo: tail });
    }
    return done;
  }

  left(room: Room): void {
    this.stays.leave(room, this.host.ledger.timeline.tail);
  }

  takes(): boolean {
    return false;
  }

  onGap({ room }: Span): void {
    const isOwn = room === undefined || room === this.socket.id || isUserRoom(room);
    this.tell(isOwn ? { reason: "retention" } : { reason: "retention", room });
  }

  /** A client to which nothing is said has come as far as all others. */
  remind(): void {
    if (this.live && !this.ended) this.tellPosition(this.host.ledger.timeline.settled);
  }

  protected formOf(message: DurableMessage): Outgoing {
    const { host, socket } = this;
    this.told = message.offset;
    return loggedFormOf(message, host.epoch, socket.server._codec);
  }

  protected override onCaughtUp(offset: number): void {
    this.tellPosition(offset);
    if (this.unproven.length > 0) void this.prove(this.unproven);
    this.unproven = [];
  }

  /** What was said in a room that it was in before cannot be given to it: all that can be said is that there was something. */
  private async prove(spans: readonly Span[]): Promise<void> {
    const { ledger } = this.host;
    const query = { namespace: this.namespace, spans, after: this.after, limit: 1, bytes: 1 };
    const page = await ledger.log.read(query).catch(() => undefined);
    if (this.ended || (page?.records.length === 0 && page.missing.length === 0)) return;
    this.tell({ reason: "session" });
  }

  private tellPosition(offset: number): void {
    if (offset === this.told) return;
    this.told = offset;
    const block = positionBlock(this.host.epoch, offset);
    this.socket.client.writePaced(outgoingOfBlock(block));
  }

  private tell(reset: ResetNotice): void {
    this.host.counters.resets[reset.reason]++;
    const block = replyBlock({ type: "reset", ...reset, namespace: this.namespace });
    this.socket.client.writePaced(outgoingOfBlock(block));
  }
}
