import { PacketType, plainErrors } from "@hawser/protocol";
import { Client } from "../../client.ts";
import { layAuth, authOfRequest } from "../auth.ts";
import { mayBeAskedFor } from "../subscriptions.ts";
import { defaultPlainLimits } from "../limits.ts";
import { formOf, formOfEvent, outgoingOfBlock, replyBlock } from "./form.ts";
import { earlyEventsMax, positionIntervalMs, retryMs } from "./limits.ts";
import { SseLink } from "./sse-link.ts";
import { readWish } from "./wish.ts";
import type { ServerResponse } from "node:http";
import type { Connection } from "@hawser/engine";
import type { Outgoing } from "@hawser/engine/internal";
import type { PlainFault, SocketPacket } from "@hawser/protocol";
import type { ClientNamespace, ClientSocket } from "../../client-host.ts";
import type { AnyServer, AnySocket } from "../../erased.ts";
import type { SessionEntry } from "../../session-link.ts";
import type { SubscribePermission } from "../options.ts";
import type { SseWish } from "./wish.ts";

type Auth = Record<string, unknown> | undefined;
type Next = (error?: Error) => void;

/** An event that came before the answer could begin. */
type Early = readonly [form: Outgoing, isVolatile: boolean];

/** One client that hears a stream: in one namespace, and never heard. */
export class SseClient extends Client {
  override readonly isMute = true;
  private readonly app: AnyServer;
  private readonly response: ServerResponse;
  private readonly permission: SubscribePermission | undefined;
  private wish: SseWish = { namespace: "/", rooms: [], lastEventId: undefined };
  private link: SseLink | undefined = undefined;
  /** Whether the answer has begun: until then the request can be refused. */
  private begun = false;
  private early: Early[] = [];
  /** Why it is refused, where that is not a middleware's. */
  private fault: Omit<PlainFault, "type"> | undefined = undefined;

  constructor(
    app: AnyServer,
    conn: Connection,
    response: ServerResponse,
    permission: SubscribePermission | undefined,
  ) {
    super(app, conn);
    this.app = app;
    this.response = response;
    this.permission = permission;
  }

  /** Reads the request and goes into the namespace. */
  start(): void {
    const { request } = this.conn;
    const wish = readWish(request);
    if ("code" in wish) {
      this.refuseWith(400, wish);
      return;
    }
    this.wish = wish;
    this.connect(wish.namespace, layAuth(authOfRequest(request), undefined));
  }

  override packet(packet: SocketPacket): void {
    if (packet.type === PacketType.CONNECT) this.begin(packet);
    else if (packet.type === PacketType.CONNECT_ERROR) this.onRefused(packet.data);
    else if (packet.type === PacketType.DISCONNECT) this.dismiss(packet.nsp);
  }

  override write(outgoing: Outgoing, isVolatile: boolean): void {
    this.writeForm(formOf(outgoing, this.app._codec), isVolatile);
  }

  override send(packet: SocketPacket, isVolatile: boolean): void {
    this.writeForm(formOfEvent(packet), isVolatile);
  }

  /** What comes here has its form. */
  override writePaced(outgoing: Outgoing): void {
    this.conn.sendOutgoing(outgoing);
  }

  override writeLatest(outgoing: Outgoing, key: string): void {
    if (this.begun) super.writeLatest(formOf(outgoing, this.app._codec), key);
    else this.write(outgoing, false);
  }

  /** It did not come into a namespace in time; or it is time to say how far it has come. */
  override onExpire(): void {
    if (this.nsps.size === 0) {
      this.refuseWith(503, { code: "REFUSED", message: "Not let in in time" });
      return;
    }
    this.link?.remind();
    this.app._wheel.schedule(this, positionIntervalMs);
  }

  /** The middlewares have let it in: the rooms that it asks for are looked at. @internal */
  override readonly _lookAt = (socket: ClientSocket, next: Next): void => {
    if (this.wish.rooms.length === 0) next();
    else void this.firstRefused(socket as AnySocket).then((at) => this.afterRooms(at, next));
  };

  /** Without sessions: where it was is in its request. */
  protected override approach(namespace: ClientNamespace, auth: Auth): void {
    const { _delivery: delivery } = this.app;
    if (delivery === undefined) this.enter(namespace, auth, undefined);
    else if (delivery.isOpen) this.enter(namespace, auth, this.entry());
    else {
      void delivery.opened.then(() => {
        this.enter(namespace, auth, delivery.isOpen ? this.entry() : undefined);
      });
    }
  }

  protected override turnAway(): void {
    const code = "NAMESPACE_UNKNOWN";
    this.refuseWith(404, { code, message: plainErrors[code], at: "/namespace" });
  }

  private entry(): SessionEntry {
    return {
      recovered: false,
      skipsMiddlewares: false,
      sid: "",
      rooms: [],
      data: undefined,
      begin: (socket) => {
        const { rooms, lastEventId } = this.wish;
        this.link = new SseLink(this.app._delivery!, socket as AnySocket, rooms, lastEventId);
        return this.link;
      },
      giveBack: () => {},
    };
  }

  /** It is let in: the answer begins. */
  private begin({ nsp: namespace, data }: SocketPacket): void {
    const { rooms, lastEventId } = this.wish;
    if (rooms.length > 0) void (this.nsps.get(namespace) as AnySocket).join([...rooms]);
    const { sid } = data as { sid: string };
    this.begun = true;
    const id = this.link === undefined ? "" : `id: ${this.link.begin()}\n`;
    this.tell(`retry: ${retryMs}\n${id}${replyBlock({ type: "connected", id: sid, namespace })}`);
    if (this.link !== undefined) this.app._wheel.schedule(this, positionIntervalMs);
    else if (lastEventId !== undefined) {
      // There is no log, or it cannot be read: nothing of what it missed is there.
      this.tell(replyBlock({ type: "reset", reason: "epoch", namespace }));
    }
    for (const [form, isVolatile] of this.early.splice(0)) super.write(form, isVolatile);
  }

  private onRefused(reason: unknown): void {
    const { message, data } = reason as { message: string; data?: { status?: unknown } };
    const { fault } = this;
    const isUnknown = fault === undefined && data?.status === 401;
    if (isUnknown) this.response.setHeader("WWW-Authenticate", "Bearer");
    this.refuseWith(isUnknown ? 401 : 403, fault ?? { code: "REFUSED", message, data });
  }

  /** The server has put it out. Its listeners hear that before the line ends, with a reason of its own. */
  private dismiss(namespace: string): void {
    this.tell(replyBlock({ type: "disconnect", namespace }));
    process.nextTick(() => this.conn.close());
  }

  private async firstRefused(socket: AnySocket): Promise<number> {
    const { permission } = this;
    if (permission === undefined) return 0;
    const allowed = this.wish.rooms.map(async (room) => {
      if (!mayBeAskedFor(socket, room, defaultPlainLimits)) return false;
      try {
        const isAllowed: unknown = await permission(socket, room);
        return isAllowed === true;
      } catch (error) {
        // A refusal; what is wrong is the application's to mend.
        process.emitWarning(error instanceof Error ? error : String(error));
        return false;
      }
    });
    return (await Promise.all(allowed)).indexOf(false);
  }

  private afterRooms(refused: number, next: Next): void {
    if (refused !== -1) {
      const code = "SUBSCRIBE_REFUSED";
      this.fault = { code, message: plainErrors[code], at: `/room/${refused}` };
    }
    next(this.fault === undefined ? undefined : new Error(this.fault.message));
  }

  private refuseWith(status: number, fault: Omit<PlainFault, "type">): void {
    const { code, message, at, data } = fault;
    if (this.conn.refuseStream(status, JSON.stringify({ error: { code, message, at, data } })))
      return;
    this.conn.close();
  }

  private writeForm(form: Outgoing, isVolatile: boolean): void {
    if (this.begun) super.write(form, isVolatile);
    else if (this.early.length < earlyEventsMax) this.early.push([form, isVolatile]);
  }

  private tell(block: string): void {
    this.conn.sendOutgoing(outgoingOfBlock(block));
  }
}
