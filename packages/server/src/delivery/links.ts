import {
  deliveryEvents,
  deliveryKey,
  deliveryVersion,
  sentBefore,
} from "@hawser/protocol/internal";
import { encodeHead, PacketType, reservedEvents } from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import { recoverable } from "../recovery/socket-session.ts";
import { Inbox, readEmit } from "./inbox.ts";
import { SessionLinkBase } from "./session-link-base.ts";
import type { DeliveryAnswer, ResetNotice } from "@hawser/protocol/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { SessionSocket } from "../session-link.ts";
import type { DisconnectReason } from "../socket-types.ts";
import type { Result } from "./acceptance.ts";
import type { DurableMessage } from "./durable-message.ts";
import type { LinkHost, Visit } from "./session-link-base.ts";

/** What a client of ours has come in with. */
export interface DurableVisit extends Visit {
  /** The secret for the next time. */
  readonly secret: string;
  /** What could not be filled, known before it was let in. */
  readonly reset: ResetNotice | undefined;
}

/** The session of a socket whose client knows durable delivery. */
export class DurableLink extends SessionLinkBase<DurableVisit> {
  readonly keepsEvents: boolean;

  constructor(host: LinkHost, visit: DurableVisit, socket: SessionSocket) {
    super(host, visit, socket);
    this.keepsEvents = host.keepsEvents;
  }

  greeting(): object {
    const { session, secret, after } = this.visit;
    const answer: DeliveryAnswer = {
      v: deliveryVersion,
      session: { id: session.id, secret },
      recovered: this.visit.recovered,
      // The inbox of its user may go back to the beginning.
      position: { epoch: this.host.epoch, offset: this.awaitsInbox ? 0 : after },
      accepted: session.acceptance.settled,
      inFlight: this.host.inFlightMax,
    };
    return { [deliveryKey]: answer };
  }

  override greeted(): void {
    const { reset, session, after } = this.visit;
    if (reset !== undefined) this.tell(reset);
    if (session.stays.forgottenUpTo > after) this.tell({ reason: "overflow" });
    super.greeted();
  }

  takes(packet: SocketPacket): boolean {
    const data = packet.data as unknown[];
    const name = data[0];
    // They all begin with "$".
    if (typeof name !== "string" || name.charCodeAt(0) !== 36) return false;
    if (name === deliveryEvents.emit) this.onEmit(data, packet.id);
    else if (name === deliveryEvents.position) this.onPosition(data[1]);
    else return reservedHere.has(name);
    return true;
  }

  /** The line is another's now. */
  fence(): void {
    this.host.counters.sessionsFenced++;
    this.send([deliveryEvents.fenced, { reason: "another connection has taken the session" }]);
    this.socket.disconnect();
  }

  protected formOf(message: DurableMessage): Outgoing {
    return message.durable;
  }

  protected override onCaughtUp(offset: number): void {
    this.send([deliveryEvents.live, offset]);
  }

  protected onMissing(room: string | undefined): void {
    this.tell(room === undefined ? { reason: "retention" } : { reason: "retention", room });
  }

  protected survives(): boolean {
    return true;
  }

  private tell(reset: ResetNotice): void {
    this.host.counters.resets[reset.reason]++;
    this.sayReset(reset);
  }

  protected sayReset(reset: ResetNotice): void {
    this.send([deliveryEvents.reset, reset]);
  }

  protected refusePosition(): void {
    this.host.refuse(this.socket, "a position that was never given");
  }

  private onPosition(offset: unknown): void {
    const { session } = this.visit;
    if (!Number.isSafeInteger(offset) || (offset as number) > this.host.ledger.timeline.settled) {
      this.refusePosition();
      return;
    }
    if ((offset as number) <= session.position) return;
    session.handled(offset as number);
    // Its client knows it better; only the inbox of a user goes by what is saved.
    const moved = session.position - session.savedPosition;
    if (session.user !== undefined || moved >= positionsUnsavedMax) {
      this.host.sessions.touchLater(session);
    }
  }

  private onEmit(data: readonly unknown[], id: number | undefined): void {
    const emit = readEmit(data, isReserved);
    if (emit === undefined || id === undefined) {
      this.host.refuse(this.socket, "a malformed durable message");
      return;
    }
    const { session } = this.visit;
    const handlers = this.socket;
    session.inbox ??= new Inbox(session, handlers, this.host);
    session.inbox.handlers = handlers;
    session.inbox.take(emit.counter, (emit.flags & sentBefore) !== 0, {
      event: emit.event,
      answer: (result) => this.answer(id, result),
    });
  }

  protected answer(id: number, { text, attachments }: Result): void {
    if (this.ended) return;
    const { name } = this.socket.nsp;
    const outgoing = this.host.answerForm(name, id, { text, attachments });
    this.socket.client.write(
      outgoing ??
        new Outgoing(
          `4${encodeHead(PacketType.ACK, name, id, attachments.length)}${text}`,
          attachments,
        ),
      false,
    );
  }
}

/** How far a client may come before that is saved. */
const positionsUnsavedMax = 1_000;

const reservedHere: ReadonlySet<string> = new Set(Object.values(deliveryEvents));

function isReserved(event: unknown): boolean {
  return reservedEvents.has(event as string) || reservedHere.has(event as string);
}

/** What an unmodified client has come in with. */
export interface RecoveryVisit extends Visit {
  /** The secret id with which it comes back; it stays, since its client takes a new one for a failed recovery. */
  readonly pid: string;
}

/** The session of a socket whose client knows connection state recovery and nothing more. */
export class RecoveryLink extends SessionLinkBase<RecoveryVisit> {
  readonly keepsEvents = true;

  greeting(): object {
    return { pid: this.visit.pid };
  }

  takes(): boolean {
    return false;
  }

  override abandon(): void {
    super.abandon();
    if (this.visit.recovered) this.host.endSession(this.visit.session);
  }

  fence(): void {
    this.host.counters.sessionsFenced++;
    // Its client is here, so its older line is dead, though we did not notice.
    this.socket.client.conn.close(true);
  }

  protected formOf(message: DurableMessage): Outgoing {
    return message.marked(this.host.epoch);
  }

  /** It cannot be told: it comes again, and is not recovered then. */
  protected onMissing(): void {
    this.host.counters.resets.retention++;
    this.host.endSession(this.visit.session);
    this.socket.client.conn.close();
  }

  override onLineClosed(reason: DisconnectReason): void {
    this.leaving = reason === "server namespace disconnect";
    super.onLineClosed(reason);
  }

  protected survives(reason: DisconnectReason): boolean {
    return recoverable.has(reason);
  }
}
