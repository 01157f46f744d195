import { EventEmitter } from "node:events";
import { PacketType } from "@hawser/protocol";
import { ServerError } from "../errors.ts";
import { refuseReserved } from "../reserved-events.ts";
import { makeCounters } from "./counters.ts";
import { decodeEvent, DurableMessage, encodeEvent } from "./durable-message.ts";
import { readHistory } from "./history.ts";
import { Ledger } from "./ledger.ts";
import { MessageCache } from "./message-cache.ts";
import { recipientsOf } from "./recipients.ts";
import { Sessions } from "./sessions.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { Position } from "@hawser/protocol/internal";
import type { BroadcastOptions } from "../adapter/types.ts";
import type { AnyNamespace, AnyServer, AnySocket } from "../erased.ts";
import type { DeliveryCounters } from "./counters.ts";
import type { MessageContent, PacketForm } from "./durable-message.ts";
import type { EntranceHost } from "./entrance.ts";
import type { History, HistoryOptions } from "./history.ts";
import type { LogEntry } from "./log.ts";
import type { ResolvedDelivery } from "./options.ts";
import type { PageBounds } from "./replay.ts";
import type { SessionLinkBase, Visit } from "./session-link-base.ts";
import type { DeliverySession } from "./session.ts";

/** Events of {@link Delivery}. */
export interface DeliveryEvents {
  /** The log, or a handler of a durable message, has failed. Without a listener it becomes a process warning. */
  error: [error: Error];
  /** The log has been mended when it was opened: what that cost. */
  repaired: [what: string];
}

/** What the application sees of the durable delivery of its server: `io.delivery`. */
export interface Delivery extends EventEmitter<DeliveryEvents> {
  /** What it has done so far. */
  readonly counters: Readonly<DeliveryCounters>;
  /** Ends when the log is open; rejects when it cannot be opened. Clients wait for it. */
  readonly ready: Promise<void>;
  /** The newest position whose message has been sent; undefined until the log is open. */
  readonly position: Position | undefined;
  /** Sessions: those with a line, and those that can be come back for. */
  readonly sessionCount: number;
}

/** A page of a replay, before the line is waited for. */
const pageBounds: PageBounds = { messages: 256, bytes: 64 * 1024 };
/** What may wait for a client that is live; beyond it, the client is given the rest page by page. */
const lagBytesMax = 256 * 1024;
/** What is kept of messages that were replayed, for others who missed them, too. */
const replayedBytesMax = 8 * 1024 * 1024;
/** How often it is looked for sessions whose time is over, in ms. */
const sweepMs = 60_000;

/** How long closing waits for a log that is still being opened, in ms. */
const closeWaitMs = 5_000;

type Phase = "opening" | "open" | "failed" | "closed";

/** Durable delivery of one server: the log, the sessions, and the way of a message through them. */
export class ServerDelivery extends EventEmitter<DeliveryEvents> implements Delivery, EntranceHost {
  readonly counters: DeliveryCounters = makeCounters();
  readonly ledger: Ledger;
  readonly sessions: Sessions;
  readonly ready: Promise<void>;
  readonly opened: Promise<void>;
  readonly links: Map<string, SessionLinkBase> = new Map();
  readonly visits: Map<string, Visit> = new Map();
  readonly pageBounds: PageBounds = pageBounds;
  readonly lagBytesMax: number = lagBytesMax;
  readonly inFlightMax: number;
  readonly handlerTimeoutMs: number;
  readonly recovery: { readonly skipMiddlewares: boolean; readonly ageMs: number } | undefined;
  epoch = "";
  private phase: Phase = "opening";
  private readonly server: AnyServer;
  private readonly form: PacketForm;
  private readonly replayed: MessageCache = new MessageCache(replayedBytesMax);
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    server: AnyServer,
    options: ResolvedDelivery,
    recovery: { readonly skipMiddlewares: boolean; readonly ageMs: number } | undefined,
    form: PacketForm,
  ) {
    super();
    this.server = server;
    this.recovery = recovery;
    this.form = form;
    this.inFlightMax = options.sessions.inFlightMax;
    this.handlerTimeoutMs = options.handlerTimeoutMs;
    this.ledger = new Ledger(options.log, (error) => {
      this.counters.logErrors++;
      // A handler that ends after the server has closed is given its message again by the next one.
      if (this.phase !== "closed") this.report(error);
    });
    this.sessions = new Sessions(this.ledger, options.sessions, Date.now);
    this.ready = this.open(options);
    this.opened = this.ready.catch(() => {});
  }

  get isOpen(): boolean {
    return this.phase === "open";
  }

  get keepsEvents(): boolean {
    return this.recovery !== undefined;
  }

  get position(): Position | undefined {
    if (this.phase !== "open") return undefined;
    return { epoch: this.epoch, offset: this.ledger.timeline.settled };
  }

  get sessionCount(): number {
    return this.sessions.size;
  }

  /**
   * Logs an event and sends it to those who are meant now.
   * @returns its position; rejects when the log does not take it, which is reported and need not be caught
   * @throws ServerError when the event cannot be emitted so
   */
  say(nsp: AnyNamespace, event: readonly unknown[], opts: BroadcastOptions): Promise<Position> {
    refuseReserved(event[0]);
    if (typeof event.at(-1) === "function") throw new ServerError("DURABLE_ACK");
    const content = encodeEvent(event);
    const said = this.isOpen
      ? this.append(nsp, content, opts)
      : this.opened.then(() => this.append(nsp, content, opts));
    said.catch(() => {});
    return said;
  }

  async history(
    nsp: AnyNamespace,
    opts: BroadcastOptions,
    options: HistoryOptions,
  ): Promise<History> {
    await this.opened;
    if (!this.isOpen) throw new ServerError("DELIVERY_CLOSED");
    return readHistory(this.ledger.log, this.epoch, nsp.name, opts, options);
  }

  message(offset: number, content: MessageContent): DurableMessage {
    const known = this.replayed.get(offset);
    if (known !== undefined) return known;
    const message = new DurableMessage(offset, content, this.form);
    let size = content.text.length;
    for (const attachment of content.attachments) size += attachment.byteLength;
    this.replayed.add(message, size);
    return message;
  }

  answerForm(
    nsp: string,
    id: number,
    content: Omit<MessageContent, "namespace">,
  ): Outgoing | undefined {
    if (this.form === undefined) return undefined;
    return this.form({ type: PacketType.ACK, nsp, id, data: decodeEvent(content) });
  }

  endSession(session: DeliverySession): void {
    this.counters.sessionsEnded++;
    // A failure is reported by the ledger; the session expires then.
    this.sessions.end(session.id).catch(() => {});
  }

  refuse(socket: AnySocket, cause: string): void {
    this.server.badInput.report(socket.conn, cause);
    socket.conn.close();
  }

  report(error: unknown): void {
    const known = error instanceof Error ? error : new Error(String(error));
    if (this.listenerCount("error") > 0) this.emitError(known);
    else process.emitWarning(known);
  }

  /** Saves what is on its way and closes the log. */
  async close(): Promise<void> {
    if (this.phase === "opening") await this.openedInTime();
    const wasOpen = this.isOpen;
    clearInterval(this.timer);
    if (wasOpen) await this.ledger.close();
    this.phase = "closed";
    if (wasOpen) await this.ledger.log.close();
  }

  private openedInTime(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, closeWaitMs);
      void this.opened.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private async open({ log, retention }: ResolvedDelivery): Promise<void> {
    try {
      const { epoch, last, repaired } = await log.open(retention);
      if (this.phase === "closed") {
        await log.close();
        return;
      }
      this.epoch = epoch;
      this.ledger.timeline.open(last);
      await this.sessions.open();
      this.phase = "open";
      this.timer = setInterval(() => void this.sessions.expire().catch(() => {}), sweepMs);
      this.timer.unref();
      if (repaired !== undefined) process.nextTick(() => super.emit("repaired", repaired));
    } catch (error) {
      this.phase = "failed";
      this.report(error);
      throw error;
    }
  }

  private async append(
    nsp: AnyNamespace,
    content: Omit<MessageContent, "namespace">,
    opts: BroadcastOptions,
  ): Promise<Position> {
    if (!this.isOpen) throw new ServerError("DELIVERY_CLOSED");
    const entry: LogEntry = {
      namespace: nsp.name,
      // Programs without types name rooms by numbers, too.
      rooms: Array.from(opts.rooms, String),
      except: Array.from(opts.except ?? [], String),
      ...content,
    };
    // Those who are there now are meant, not those who are there when the log has it.
    const recipients = recipientsOf(nsp, opts);
    const offset = await this.ledger.append(entry, (at) => {
      this.counters.committed++;
      const message = new DurableMessage(at, entry, this.form, opts.flags?.compress);
      for (const socket of recipients) this.hand(socket, message);
    });
    return { epoch: this.epoch, offset };
  }

  private hand(socket: AnySocket, message: DurableMessage): void {
    if (socket._session !== undefined) {
      socket._session.deliver(message);
    } else if (socket.connected) {
      this.counters.sent++;
      socket.notifyOutgoingListeners(message);
      socket.client.write(message.plain, false);
    }
  }

  private emitError(error: Error): void {
    try {
      super.emit("error", error);
    } catch (thrown) {
      // What a listener throws is the application's, and must not stop the ledger.
      process.nextTick(() => {
        throw thrown;
      });
    }
  }
}
