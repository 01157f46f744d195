import { reservedEvents } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { deliveryEvents, deliveryKey } from "@hawser/protocol/internal";
import type { DeliveryAnswer } from "@hawser/protocol/internal";
import type { NamespaceHandler } from "../base-manager.ts";
import type { OutgoingPacket } from "../codec.ts";
import { timersFor } from "../engine/timers.ts";
import type { Timer, Timers } from "../engine/timers.ts";
import type { Untyped } from "../events.ts";
import type { DisconnectDescription } from "../options.ts";
import { ACK, CONNECT, DISCONNECT, EVENT } from "../packets/types.ts";
import type { Socket } from "../socket.ts";
import { Delivery } from "./delivery.ts";
import type { Entry } from "./entry.ts";
import { DeliveryError } from "./errors.ts";
import { Journal } from "./journal.ts";
import type { DurableSettings } from "./options.ts";
import { OutboxView } from "./outbox-view.ts";
import { Outbox } from "./outbox.ts";
import { ClientSession } from "./session.ts";
import { snapshot } from "./snapshot.ts";
import type { OpenOutbox } from "./store.ts";

/** Acknowledgements of durable messages are numbered from here, far from those of the socket. */
const firstAckId = 1_000_000_000;
/** What a timer can hold, in ms. */
const timerMax = 2 ** 31 - 1;

const reservedHere: ReadonlySet<unknown> = new Set(Object.values(deliveryEvents));

type AnySocket = Socket<Untyped, Untyped>;

/** Between a socket and its manager: the session, the outbox and their store. */
export class DurableLink implements Omit<NamespaceHandler, "error"> {
  private readonly socket: AnySocket;
  private readonly inner: NamespaceHandler;
  private readonly send: (packet: OutgoingPacket) => void;
  private readonly delivery: Delivery = new Delivery();
  private readonly session: ClientSession;
  private readonly outbox: Outbox;
  private readonly view: OutboxView;
  private readonly journal: Journal;
  private readonly timers: Timers;
  private timer: Timer | undefined = undefined;
  private box: OpenOutbox | undefined = undefined;
  /** The store has been read, or cannot be. */
  private isReady = false;
  /** Why nothing can be emitted, if so. */
  private refusal: DeliveryError | undefined = undefined;
  /** The server has agreed, on this line. */
  private hasAgreed = false;
  private readonly takesBlobs: boolean;
  private readonly flights: Map<number, { entry: Entry; flight: number }> = new Map();
  private nextAckId = firstAckId;

  constructor(
    socket: AnySocket,
    inner: NamespaceHandler,
    send: (packet: OutgoingPacket) => void,
    settings: DurableSettings,
  ) {
    this.socket = socket;
    this.inner = inner;
    this.send = send;
    this.takesBlobs = !settings.store.refusesBlobs;
    const { useNativeTimers, autoUnref } = socket.io.opts;
    this.timers = timersFor(useNativeTimers, autoUnref);
    this.journal = new Journal({
      set: (run, delayMs) => this.timers.set(run, delayMs),
      failed: (cause) => this.report(new DeliveryError("STORE_FAILED", "no", { cause })),
    });
    this.session = this.makeSession();
    this.outbox = this.makeOutbox(settings);
    this.view = new OutboxView(this.outbox, this.load(settings), () => this.shut());
    this.expose();
  }

  // ── From the manager ──

  /** The line is there; the namespace is asked for once the store has been read. */
  open(): void {
    const { engine } = this.socket.io;
    if (this.isReady) this.enter(engine);
    else void this.view.ready.then(() => this.enter(engine));
  }

  packet(packet: SocketPacket): void {
    if (packet.nsp !== this.socket.nsp) return;
    const { type, data, id } = packet;
    if (type === CONNECT) {
      this.onConnect(packet);
    } else if (type === ACK && id! >= firstAckId) {
      const { entry, flight } = this.flights.get(id!) ?? {};
      this.flights.delete(id!);
      if (entry) this.outbox.answered(entry, flight!, data as unknown[]);
    } else if (type !== EVENT || !this.hasAgreed || !this.session.takes(data as unknown[])) {
      if (type === DISCONNECT) this.onLineDown();
      this.inner.packet(packet);
    }
  }

  close(reason: string, description?: DisconnectDescription): void {
    this.onLineDown();
    this.inner.close(reason, description);
  }

  // ── To the application ──

  private expose(): void {
    const { socket, delivery } = this;
    Object.assign(socket, {
      durable: { emit: (...event: unknown[]) => this.emit(event) },
      delivery,
      outbox: this.view,
    });
    // The socket knows of its own recovery alone.
    let recovered = false;
    Object.defineProperty(socket, "recovered", {
      get: () => (this.hasAgreed ? delivery.recovered : recovered),
      set: (value: boolean) => {
        recovered = value;
      },
      enumerable: true,
      configurable: true,
    });
  }

  private async emit(event: unknown[]): Promise<unknown> {
    const [name] = event;
    if (reservedEvents.has(name as string) || reservedHere.has(name)) {
      const text = `"${String(name)}" is a reserved event name`;
      throw new DeliveryError("RESERVED_EVENT", "no", { text });
    }
    if (this.refusal) throw this.refusal;
    return this.outbox.add(snapshot(event, this.takesBlobs)).settled;
  }

  private report(error: DeliveryError): void {
    this.delivery.say("error", error);
  }

  private async load({ store, name }: DurableSettings): Promise<void> {
    const { nsp, io } = this.socket;
    try {
      const box = await store.open(`${name ?? (io.uri ?? "") + io.opts.path}${nsp}`);
      this.box = box;
      const { state, entries } = box;
      if (state) this.session.restore(state);
      this.outbox.restore(entries, state?.next ?? 1, state?.session?.id);
      this.journal.open(box);
    } catch (cause) {
      const known = cause instanceof DeliveryError ? cause : undefined;
      this.refusal = known ?? new DeliveryError("STORE_UNAVAILABLE", "no", { cause });
      this.outbox.refuse(this.refusal);
      this.report(this.refusal);
    }
    this.isReady = true;
  }

  private async shut(): Promise<void> {
    this.socket.disconnect();
    this.onLineDown();
    await this.view.ready;
    this.refusal = new DeliveryError("OUTBOX_CLOSED", "no");
    await this.journal.flush();
    this.timers.clear(this.timer);
    await this.box?.close();
    this.outbox.abandon();
  }

  // ── The line ──

  private enter(engine: unknown): void {
    const { socket } = this;
    const isWanted = (): boolean =>
      socket.active &&
      !socket.connected &&
      engine === socket.io.engine &&
      socket.io.engine.readyState === "open";
    if (!isWanted()) return;
    // Without its store it is a plain client.
    if (!this.box) {
      this.inner.open();
      return;
    }
    const connect = (auth: object | undefined): void => {
      if (!isWanted()) return;
      const data = { ...auth, [deliveryKey]: this.session.request(this.outbox.first) };
      this.send({ type: CONNECT, nsp: socket.nsp, data });
    };
    const { auth } = socket;
    if (typeof auth === "function") auth(connect);
    else connect(auth);
  }

  private onConnect(packet: SocketPacket): void {
    const { sid, [deliveryKey]: answer } = (packet.data ?? {}) as {
      sid?: string;
      [deliveryKey]?: DeliveryAnswer;
    };
    this.flights.clear();
    this.hasAgreed = !!this.box && !!sid && !!answer;
    if (!this.hasAgreed) {
      try {
        this.inner.packet(packet);
      } finally {
        if (sid && this.box) this.onUnsupported();
      }
      return;
    }
    if (this.refusal?.code === "DELIVERY_UNSUPPORTED") this.refusal = undefined;
    this.session.begin(answer!);
    try {
      this.inner.packet(packet);
    } finally {
      // Its listeners may have called it off.
      if (this.socket.connected) this.outbox.lineUp(answer!);
      else this.saveState();
    }
  }

  private onUnsupported(): void {
    const error = new DeliveryError("DELIVERY_UNSUPPORTED", "no");
    this.refusal = error;
    // A server that had it before may have it again; one that never had it gets nothing.
    if (!this.session.key) this.outbox.refuse(error);
    this.delivery.say("unsupported", error);
  }

  private onLineDown(): void {
    if (!this.hasAgreed) return;
    this.hasAgreed = false;
    this.flights.clear();
    this.outbox.lineDown();
  }

  private transmit(data: readonly unknown[], id?: number): void {
    const { nsp } = this.socket;
    const options = { compress: true };
    this.send({ type: EVENT, nsp, data, options, ...(id !== undefined && { id }) });
  }

  private saveState(): void {
    this.journal.save({
      session: this.session.key,
      position: this.delivery.position,
      next: this.outbox.next,
    });
  }

  private makeSession(): ClientSession {
    return new ClientSession({
      delivery: this.delivery,
      isConnected: () => this.socket.connected,
      set: (run, delayMs) => this.timers.set(run, delayMs),
      hand: (data) => this.inner.packet({ type: EVENT, nsp: this.socket.nsp, data }),
      say: (event) => this.transmit(event),
      moved: () => this.saveState(),
      leave: () => {
        this.onLineDown();
        // What the server does next, if the line lives that long.
        this.inner.packet({ type: DISCONNECT, nsp: this.socket.nsp });
      },
    });
  }

  private makeOutbox(settings: DurableSettings): Outbox {
    return new Outbox(settings, {
      now: () => Date.now(),
      wake: (atMs) => {
        this.timers.clear(this.timer);
        if (atMs === undefined) return;
        const delayMs = Math.min(timerMax, Math.max(0, atMs - Date.now()));
        this.timer = this.timers.set(() => this.outbox.tick(), delayMs);
      },
      send: (entry, flags) => this.sendEntry(entry, flags),
      put: (entry, isNew, done) => this.journal.put(entry.row, isNew, done),
      remove: ({ id }) => this.journal.remove(id),
      counted: () => this.saveState(),
      resync: () => this.socket.io.engine.close(),
      changed: () => this.view.changed(),
    });
  }

  private sendEntry(entry: Entry, flags: number): void {
    if (!this.socket.connected) return;
    const { data, flight, counter, attempts } = entry;
    if (attempts === 1) {
      for (const listener of this.socket.listenersAnyOutgoing().slice()) listener(...data);
    }
    const id = this.nextAckId++;
    this.flights.set(id, { entry, flight });
    this.transmit([deliveryEvents.emit, counter, flags, ...data], id);
  }
}
