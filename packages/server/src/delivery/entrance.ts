import { deliveryKey, deliveryVersion } from "@hawser/protocol/internal";
import { markedOffset } from "./durable-message.ts";
import { DurableLink, RecoveryLink } from "./links.ts";
import { hashSecret, makeSecret } from "./secret.ts";
import type { DeliveryRequest, Position, ResetNotice, SessionKey } from "@hawser/protocol/internal";
import type { Room, SocketId } from "../adapter/types.ts";
import type { SessionEntry, SessionFinder, SessionLink, SessionSocket } from "../session-link.ts";
import type { AnySocket } from "../erased.ts";
import type { StateChange } from "./log.ts";
import type { DurableVisit, RecoveryVisit } from "./links.ts";
import type { LinkHost, Visit } from "./session-link-base.ts";
import type { DeliverySession } from "./session.ts";

/** What the entrance of a namespace needs of the server's delivery. */
export interface EntranceHost extends LinkHost {
  /** Ends when the log is open, or cannot be opened: then it has failed. */
  readonly opened: Promise<void>;
  readonly isOpen: boolean;
  /** How unmodified clients are recovered; undefined: not at all. */
  readonly recovery: { readonly skipMiddlewares: boolean; readonly ageMs: number } | undefined;
}

type Auth = Record<string, unknown> | undefined;
type Found = (entry: SessionEntry | Error | undefined, auth: Auth) => void;

/** Gives each client that comes into a namespace the session that it comes back for, or a new one. */
export class Entrance implements SessionFinder {
  private readonly host: EntranceHost;
  private readonly namespace: string;
  private readonly others: SessionFinder | undefined;
  /** Counts clients as they come: looking up the session takes one longer than another. */
  private arrivals = 0;

  /** @param others finds the sessions of unmodified clients, when the adapter keeps them */
  constructor(host: EntranceHost, namespace: string, others: SessionFinder | undefined) {
    this.host = host;
    this.namespace = namespace;
    this.others = others;
  }

  find(auth: Auth, found: Found): void {
    if (this.host.isOpen) this.look(auth, found);
    else void this.host.opened.then(() => this.look(auth, found));
  }

  private look(auth: Auth, found: Found): void {
    const request = auth?.[deliveryKey];
    if (request !== undefined) {
      const { [deliveryKey]: _own, ...said } = auth!;
      if (!this.host.isOpen) found(new Error("durable delivery is not available"), said);
      else if (isRequest(request)) void this.durable(request, said, found);
      // A later version of the words: its client is told that it has none here.
      else if (versionOf(request) !== deliveryVersion) found(undefined, said);
      else found(new Error("malformed $delivery"), said);
    } else if (this.others !== undefined) {
      this.others.find(auth, found);
    } else if (this.host.recovery === undefined || !this.host.isOpen) {
      found(undefined, auth);
    } else {
      void this.recovered(auth, found);
    }
  }

  private async durable(request: DeliveryRequest, auth: Auth, found: Found): Promise<void> {
    const { host } = this;
    const arrival = ++this.arrivals;
    const session = await this.sessionOf(request.session, arrival);
    if (session === undefined) {
      const reset = request.session === undefined ? undefined : this.lost(request.position);
      found(this.newDurable(reset), auth);
      return;
    }
    const { settled } = host.ledger.timeline;
    const { position } = request;
    if (position !== undefined && position.epoch === host.epoch && position.offset > settled) {
      // It was given out, and the log does not know it any more, nor what its session did since.
      found(this.newDurable({ reason: "epoch" }), auth);
      return;
    }
    const secret = session.secrets.rotate(request.session!.secret);
    let after = 0;
    let reset: ResetNotice | undefined;
    if (position !== undefined && position.epoch !== host.epoch) {
      reset = { reason: "epoch" };
      after = settled;
    } else if (position !== undefined) {
      after = position.offset;
    }
    session.handled(after);
    session.acceptance.skipTo(request.next);
    const forgotten = session.forgottenStates(session.acceptance.forgetBelow(request.next));
    const visit: DurableVisit = { session, recovered: true, after, secret, reset };
    if (!(await this.take(visit, forgotten))) {
      found(this.newDurable({ reason: "session" }), auth);
      return;
    }
    found(new Entry(visit, false, host, (socket) => linkOf(host, visit, socket)), auth);
  }

  private newDurable(reset: ResetNotice | undefined): SessionEntry {
    const secret = makeSecret();
    const session = this.newSession(makeSecret(), hashSecret(secret), undefined);
    const after = session.stays.start;
    const visit: DurableVisit = { session, recovered: false, after, secret, reset };
    this.host.visits.set(session.id, visit);
    return new Entry(visit, false, this.host, (socket) => linkOf(this.host, visit, socket));
  }

  private async recovered(auth: Auth, found: Found): Promise<void> {
    const { pid, offset, ...rest } = auth ?? {};
    const known = typeof pid === "string" ? await this.sessionOfPid(pid, offset) : undefined;
    if (known === undefined) found(this.newRecovery(), auth);
    else found(known, rest);
  }

  private async sessionOfPid(pid: string, mark: unknown): Promise<SessionEntry | undefined> {
    const { host } = this;
    const arrival = ++this.arrivals;
    const session = await this.sessionOf({ id: hashSecret(pid), secret: pid }, arrival);
    if (session === undefined) return undefined;
    const after = typeof mark === "string" && mark !== "" ? markedOffset(host.epoch, mark) : 0;
    const { settled } = host.ledger.timeline;
    if (after === undefined || after > settled) return undefined;
    session.handled(after);
    // It cannot be told of a gap: only what is known to be whole is recovered.
    const page = await host.ledger.log
      .read({
        namespace: this.namespace,
        spans: session.stays.spans(after),
        after,
        limit: 1,
        bytes: 1,
      })
      .catch(() => undefined);
    if (page === undefined || page.missing.length > 0) return undefined;
    if (session.stays.forgottenUpTo > after) return undefined;
    const visit: RecoveryVisit = { session, recovered: true, after, pid };
    if (!(await this.take(visit))) return undefined;
    const { skipMiddlewares } = host.recovery!;
    return new Entry(visit, skipMiddlewares, host, (it) => new RecoveryLink(host, visit, it));
  }

  private newRecovery(): SessionEntry {
    const pid = makeSecret();
    const hash = hashSecret(pid);
    const session = this.newSession(hash, hash, this.host.recovery!.ageMs);
    const visit: RecoveryVisit = { session, recovered: false, after: session.stays.start, pid };
    this.host.visits.set(session.id, visit);
    return new Entry(visit, false, this.host, (it) => new RecoveryLink(this.host, visit, it));
  }

  /**
   * The session is this client's now: an older line of it is ended, before another socket has its id.
   * @returns false when a newer client has come meanwhile
   */
  private async take(visit: Visit, more: readonly StateChange[] = []): Promise<boolean> {
    const { host } = this;
    const { session } = visit;
    host.visits.get(session.id)?.socket?.client.conn.close(true);
    host.visits.set(session.id, visit);
    // The new secret is good only once it is saved: it is not given out before.
    host.sessions.touch(session);
    await host.ledger.save(more).catch(() => {});
    if (host.visits.get(session.id) !== visit) return false;
    host.links.get(session.id)?.fence();
    return true;
  }

  /** The session that a key opens, unless a client that came later has it by now. */
  private async sessionOf(
    key: SessionKey | undefined,
    arrival: number,
  ): Promise<DeliverySession | undefined> {
    if (key === undefined) return undefined;
    const { host } = this;
    try {
      const session = await host.sessions.find(key.id);
      if (session === undefined || session.namespace !== this.namespace) return undefined;
      if (!session.secrets.opens(key.secret) || arrival < session.newestArrival) return undefined;
      session.newestArrival = arrival;
      return session;
    } catch (error) {
      host.counters.logErrors++;
      host.report(error);
      return undefined;
    }
  }

  private newSession(id: string, hash: string, ageMs: number | undefined): DeliverySession {
    const { tail, settled } = this.host.ledger.timeline;
    return this.host.sessions.make(id, {
      v: 1,
      ns: this.namespace,
      sid: "",
      hash,
      generation: 0,
      position: settled,
      start: tail,
      stays: {},
      leftMs: 0,
      ageMs,
    });
  }

  /** Why the session of a client is not there. */
  private lost(position: Position | undefined): ResetNotice {
    const isOtherLog = position !== undefined && position.epoch !== this.host.epoch;
    return { reason: isOtherLog ? "epoch" : "session" };
  }
}

/** The session of a client in the words of its dialect. */
function linkOf(host: LinkHost, visit: DurableVisit, socket: SessionSocket): SessionLink {
  const { client } = socket as AnySocket;
  return client._makeLink?.(host, visit, socket) ?? new DurableLink(host, visit, socket);
}

/** A visit as the client's road into the namespace sees it. */
class Entry implements SessionEntry {
  readonly recovered: boolean;
  readonly skipsMiddlewares: boolean;
  private readonly visit: Visit;
  private readonly host: LinkHost;
  private readonly link: (socket: SessionSocket) => SessionLink;

  constructor(
    visit: Visit,
    skipsMiddlewares: boolean,
    host: LinkHost,
    link: (socket: SessionSocket) => SessionLink,
  ) {
    this.visit = visit;
    this.recovered = visit.recovered;
    this.skipsMiddlewares = skipsMiddlewares;
    this.host = host;
    this.link = link;
  }

  get sid(): SocketId {
    return this.visit.session.sid;
  }

  get rooms(): readonly Room[] {
    return this.visit.session.stays.rooms;
  }

  get data(): unknown {
    return this.visit.session.data;
  }

  begin(socket: SessionSocket): SessionLink {
    if (!this.recovered) this.visit.session.sid = socket.id;
    return this.link(socket);
  }

  giveBack(): void {
    const { session } = this.visit;
    if (this.host.visits.get(session.id) === this.visit) this.host.visits.delete(session.id);
  }
}

function isRequest(value: unknown): value is DeliveryRequest {
  if (typeof value !== "object" || value === null) return false;
  const { v, session, position, next } = value as Partial<DeliveryRequest>;
  if (v !== deliveryVersion || !Number.isSafeInteger(next) || next! < 1) return false;
  if (session !== undefined && !isKey(session)) return false;
  return position === undefined || isPosition(position);
}

function versionOf(request: unknown): unknown {
  return (request as { v?: unknown } | null)?.v;
}

function isKey(value: unknown): boolean {
  const { id, secret } = (value ?? {}) as Partial<SessionKey>;
  return typeof id === "string" && typeof secret === "string";
}

function isPosition(value: unknown): boolean {
  const { epoch, offset } = (value ?? {}) as Partial<Position>;
  return typeof epoch === "string" && Number.isSafeInteger(offset) && offset! >= 0;
}
