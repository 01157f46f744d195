import { deliveryEvents, deliveryKey, sentBefore } from "@hawser/protocol/internal";
import {
  decodePlainMsgpack,
  faultOf,
  PacketType,
  PlainDecoder,
  PlainError,
  plainCloseReason,
  plainCloses,
  plainErrors,
} from "@hawser/protocol";
import { nodeBase64 } from "@hawser/engine/internal";
import { Client } from "../../client.ts";
import { layAuth } from "../auth.ts";
import { Subscriptions } from "../subscriptions.ts";
import { Held } from "./held.ts";
import { PlainLink } from "./plain-link.ts";
import { connectedOf, requestOf } from "./session-words.ts";
import { Rate } from "./rate.ts";
import { AnswerLag } from "./answer-lag.ts";
import { base64Voice, jsonVoice, msgpackVoice, wordsOf } from "./voice.ts";
import type { CloseReason, Connection } from "@hawser/engine";
import type { Outgoing, PlainWebSocketTransport } from "@hawser/engine/internal";
import type {
  PlainCloseName,
  PlainCodecLimits,
  PlainErrorCode,
  PlainEvent,
  PlainMessage,
  PlainRefusalCode,
  PlainRequest,
  SocketPacket,
} from "@hawser/protocol";
import type { ClientHost } from "../../client-host.ts";
import type { AnySocket } from "../../erased.ts";
import type { Auth } from "../auth.ts";
import type { SubscribeOutcome } from "../subscriptions.ts";
import type { PlainRules } from "./rules.ts";
import type { Voice } from "./voice.ts";

type Recover = Extract<PlainRequest, { type: "connect" | "recover" }>;

/** A client that speaks the plain dialect: what it says becomes packets, what it is sent becomes its own words. */
export class PlainClient extends Client {
  /** How it is spoken to. */
  voice: Voice;
  private readonly rules: PlainRules;
  private readonly urlAuth: Auth | undefined;
  /** Undefined for MessagePack, whose messages are each whole. */
  private readonly decoder: PlainDecoder | undefined;
  private readonly held: Held;
  /** By namespace; made when it first subscribes. */
  private subscriptions: Map<string, Subscriptions> | undefined = undefined;
  private codec: PlainCodecLimits;
  private mistakes = 0;
  /** Messages beyond the rate. */
  private excess = 0;
  /** Until it has entered a namespace. */
  private lag: AnswerLag | undefined;
  /** Sockets that it has left, while what it said to them before is on its way. */
  private departing: Set<AnySocket> | undefined = undefined;
  /** Undefined while nobody bounds it. */
  private readonly rate: Rate | undefined;

  constructor(server: ClientHost, conn: Connection, rules: PlainRules, auth: Auth | undefined) {
    super(server, conn);
    this.rules = rules;
    this.urlAuth = auth;
    this.codec = rules.early;
    this.voice = rules.isMsgpack ? msgpackVoice : jsonVoice;
    this.decoder = rules.isMsgpack
      ? undefined
      : new PlainDecoder("client", { limits: rules.early, base64: nodeBase64 });
    this.held = new Held(rules.limits);
    const { messagesPerSecond } = rules.limits;
    this.rate =
      messagesPerSecond === Infinity ? undefined : new Rate(messagesPerSecond, performance.now());
    this.lag = new AnswerLag(conn);
  }

  override onText(text: string, offset: number): void {
    if (this.decoder === undefined) {
      this.leave("FRAME_TYPE");
      return;
    }
    const { pending } = this.decoder;
    let message: PlainRequest | undefined;
    try {
      message = this.decoder.decodeText(text, offset);
    } catch (error) {
      this.blame(error as PlainError);
      return;
    }
    if (message !== undefined) this.take(message, text.length);
    else if (!pending) this.server._dispatcher.push(this, inPieces);
  }

  override onBinary(data: Buffer): void {
    const { decoder } = this;
    const bytes = data.length + (decoder?.pendingBytes ?? 0);
    let message: PlainRequest | undefined;
    try {
      message =
        decoder === undefined
          ? decodePlainMsgpack(data, "client", this.codec)
          : decoder.decodeBinary(data);
    } catch (error) {
      this.blame(error as PlainError);
      return;
    }
    if (message === undefined) return;
    if (decoder !== undefined && this.nsps.size > 0) this.server._wheel.cancel(this);
    this.take(message, bytes);
  }

  /** The chunk has been read: only frames that are awaited now need a time. @internal */
  override deliver(): void {
    // A line without a namespace has its own time, whatever it sends.
    if (this.decoder?.pending !== true || this.nsps.size === 0) return;
    this.server._wheel.schedule(this, this.server._limits.assemblyTimeoutMs);
  }

  override onExpire(): void {
    if (this.nsps.size === 0) this.leave("CONNECT_TIMEOUT");
    else if (this.decoder?.pending === true) {
      this.decoder.reset();
      this.blame(new PlainError("BINARY_MISSING"));
    }
  }

  override onClose(reason: CloseReason, description?: unknown): void {
    this.held.clear();
    super.onClose(reason, description);
  }

  override packet(packet: SocketPacket): void {
    if (packet.type === PacketType.ACK || packet.type === PacketType.EVENT) {
      this.put(this.voice.write(packet));
      return;
    }
    this.say(this.noticeOf(packet));
    if (packet.type === PacketType.CONNECT) this.begin(packet.nsp);
    else if (packet.type === PacketType.CONNECT_ERROR || packet.type === PacketType.DISCONNECT) {
      this.held.take(packet.nsp);
    }
  }

  override send(packet: SocketPacket, isVolatile: boolean, compress?: boolean): void {
    if (isVolatile && !this.conn.writable) return;
    super.write(this.voice.write(packet, compress), isVolatile);
  }

  override write(message: Outgoing, isVolatile: boolean): void {
    if (isVolatile && !this.conn.writable) return;
    super.write(this.formOf(message), isVolatile);
  }

  override writeLatest(message: Outgoing, key: string): void {
    super.writeLatest(this.formOf(message), key);
  }

  /** Sends a message of its own, in order with all others. */
  say(message: PlainMessage): void {
    const outgoing = this.voice.say(message);
    this.put(outgoing);
    if (this.lag === undefined) return;
    // It asks, and does not read the answers.
    if (this.lag.count(outgoing.size) > this.rules.limits.earlyAnswerBytes) this.leave("SLOW");
  }

  tell(
    code: PlainRefusalCode | PlainErrorCode,
    namespace: string,
    at?: string,
    id?: number,
    message: string = plainErrors[code],
  ): void {
    this.say({ type: "error", code, message, namespace, at, id });
  }

  /** Writes anew in its words what has been written for others. */
  translate(message: Outgoing, position?: string): Outgoing {
    const { toPacket } = this.rules;
    if (toPacket === undefined) return this.voice.translate(message, position);
    const words = { ...wordsOf(toPacket(message)), position };
    return this.voice.say(words as PlainEvent, message.compress);
  }

  override _loseSession(): void {
    this.leave("SESSION_LOST");
  }

  /** Enters a namespace by the wish of its URL. */
  enterAtOnce(namespace: string): void {
    this.ask({ type: "connect", namespace });
  }

  /** Ends the line, and says why. */
  leave(name: PlainCloseName): void {
    this.conn.closeWith(plainCloses[name].code, plainCloseReason(name));
  }

  protected override refuse(cause: string | Error): void {
    this.server.badInput.report(this.conn, cause);
    this.leave("ERRORS_TOO_MANY");
  }

  private noticeOf({ type, nsp: namespace, data }: SocketPacket): PlainMessage {
    if (type === PacketType.CONNECT) return connectedOf(namespace, data as object);
    if (type === PacketType.DISCONNECT) return { type: "disconnect", namespace };
    const { message, data: more } = data as { message: string; data?: unknown };
    return { type: "error", code: "REFUSED", message, namespace, data: more };
  }

  protected override turnAway(
    name: string,
    message: string,
    code: "NAMESPACE_UNKNOWN" | "DELIVERY_OFF",
  ): void {
    this.held.take(name);
    const text = code === "DELIVERY_OFF" ? message : undefined;
    this.tell(code, name, undefined, undefined, text);
  }

  /** What goes to many: made for the first who needs it. */
  private formOf(message: Outgoing): Outgoing {
    const forms = (message.forms ??= []);
    return (forms[this.voice.index] ??= this.translate(message));
  }

  private blame(error: PlainError): void {
    this.server.badInput.count(error.code);
    this.say(faultOf(error));
    if (++this.mistakes >= this.rules.limits.errorsMax) this.leave("ERRORS_TOO_MANY");
  }

  private take(message: PlainRequest, bytes: number): void {
    if (this.rate?.take(performance.now()) === false) {
      this.tell("RATE", "/");
      if (++this.excess >= this.rules.limits.errorsMax) this.leave("RATE");
    } else if (message.type === "ping") {
      this.say({ type: "pong", value: message.value });
    } else if (message.type === "connect" || message.type === "recover") {
      this.ask(message);
    } else {
      const namespace = message.namespace ?? "/";
      const socket = this.nsps.get(namespace) as AnySocket | undefined;
      if (socket?.connected === true) this.route(socket, message, bytes);
      else this.takeEarly(namespace, message, bytes);
    }
  }

  /** Its namespace has not let it in yet, or it has not even asked. */
  private takeEarly(namespace: string, message: PlainRequest, bytes: number): void {
    const id = message.type === "event" ? message.id : undefined;
    if (!this.held.awaits(namespace)) {
      const { type } = message;
      // Who has been put out does not come in again with what was on its way.
      if (type === "disconnect" || type === "ack" || !this.held.isNew(namespace)) {
        this.tell("NOT_CONNECTED", namespace, undefined, id);
        return;
      }
      this.ask({ type: "connect", namespace });
    }
    if (this.held.awaits(namespace) && !this.held.hold(namespace, message, bytes)) {
      this.tell("TOO_EARLY", namespace, undefined, id);
    }
  }

  private ask(message: Recover): void {
    const { namespace = "/", auth, base64 } = message;
    for (const socket of this.departing ?? [])
      if (socket.nsp.name === namespace) this.depart(socket);
    if (this.nsps.has(namespace) || this.held.awaits(namespace)) {
      this.tell("ALREADY_CONNECTED", namespace);
      return;
    }
    if (this.nsps.size + this.held.size >= this.rules.limits.namespaces) {
      this.tell("NAMESPACES_TOO_MANY", namespace);
      return;
    }
    if (base64 === true) this.voice = base64Voice;
    // Without delivery there is no session, and everything else works.
    const wish = this.rules.hasDelivery ? requestOf(message) : undefined;
    const said = layAuth(this.urlAuth, auth);
    this.held.expect(namespace);
    this.connect(namespace, wish === undefined ? said : { ...said, [deliveryKey]: wish });
  }

  /** It has been let in; what it has said since goes on behind the listeners of `connection`. */
  private begin(namespace: string): void {
    const { transport } = this.conn;
    const { codec } = this.rules;
    (transport as unknown as PlainWebSocketTransport).messageBytesMax = codec.messageBytesMax;
    if (this.decoder !== undefined) this.decoder.messageBytesMax = codec.messageBytesMax;
    this.codec = codec;
    this.lag = undefined;
    const socket = this.nsps.get(namespace) as AnySocket | undefined;
    if (socket === undefined) this.held.take(namespace);
    else this.server._dispatcher.push({ deliver: () => this.goOn(socket) }, inPieces);
  }

  /** What its client has said meanwhile has its turn. */
  private goOn(socket: AnySocket): void {
    const { name } = socket.nsp;
    if (this.nsps.get(name) !== socket) return;
    for (const { message, bytes } of this.held.take(name)) {
      if (socket.connected) this.route(socket, message, bytes);
    }
  }

  /** In the order in which it was said; but for answers, for which what is awaited here may wait. */
  private route(socket: AnySocket, message: PlainRequest, bytes: number): void {
    const { name } = socket.nsp;
    if (!this.held.awaits(name) || message.type === "ack") this.handle(socket, message);
    else if (!this.held.hold(name, message, bytes)) {
      this.tell("TOO_EARLY", name, undefined, message.type === "event" ? message.id : undefined);
    }
  }

  private handle(socket: AnySocket, message: PlainRequest): void {
    const nsp = socket.nsp.name;
    switch (message.type) {
      case "event":
        this.hear(socket, message);
        break;
      case "ack": {
        const { id, data } = message;
        const packet = { type: PacketType.ACK, nsp, id, data: data as unknown[] };
        this.server._dispatcher.push(socket, packet);
        break;
      }
      case "subscribe":
      case "unsubscribe":
        this.subscribeInOrder(socket, message.type, message.rooms);
        break;
      case "position":
        this.place(socket, message.position);
        break;
      case "disconnect":
        // Behind what it has said before.
        (this.departing ??= new Set()).add(socket);
        this.server._dispatcher.push({ deliver: () => this.depart(socket) }, inPieces);
        break;
      // They are for no socket, and have been taken before.
      case "connect":
      case "recover":
      case "ping":
    }
  }

  private depart(socket: AnySocket): void {
    if (this.departing?.delete(socket) !== true) return;
    this.subscriptions?.delete(socket.nsp.name);
    this.held.take(socket.nsp.name);
    socket._onclose("client namespace disconnect");
  }

  private hear(socket: AnySocket, { event, data, id, durable, again }: PlainEvent): void {
    const nsp = socket.nsp.name;
    // They all begin with "$", and are between sessions and clients of Socket.IO.
    if (event.charCodeAt(0) === 36 && deliveryWords.has(event) && hasSession(socket)) {
      this.tell("EVENT_RESERVED", nsp, "/event", id);
      return;
    }
    if (durable === undefined) {
      const packet: SocketPacket = { type: PacketType.EVENT, nsp, data: [event, ...data] };
      if (id !== undefined) packet.id = id;
      this.server._dispatcher.push(socket, packet);
      return;
    }
    if (!hasSession(socket)) {
      this.tell(this.rules.hasDelivery ? "NO_SESSION" : "DELIVERY_OFF", nsp, "/durable", id);
      return;
    }
    const flags = again === true ? sentBefore : 0;
    const words = [deliveryEvents.emit, durable, flags, event, ...data];
    this.server._dispatcher.push(socket, { type: PacketType.EVENT, nsp, id: durable, data: words });
  }

  private place(socket: AnySocket, mark: string): void {
    const nsp = socket.nsp.name;
    if (!hasSession(socket)) {
      this.tell(this.rules.hasDelivery ? "NO_SESSION" : "DELIVERY_OFF", nsp, "/position");
      return;
    }
    const offset = this.rules.offsetOf(mark);
    if (offset === undefined) {
      this.tell("FIELD_INVALID", nsp, "/position");
      return;
    }
    const words = [deliveryEvents.position, offset];
    this.server._dispatcher.push(socket, { type: PacketType.EVENT, nsp, data: words });
  }

  /** Behind what it has said before, and before what it says next: that may be for the room. */
  private subscribeInOrder(
    socket: AnySocket,
    verb: "subscribe" | "unsubscribe",
    rooms: readonly string[],
  ): void {
    this.held.expect(socket.nsp.name);
    const deliver = (): void => {
      void this.subscribe(socket, verb, rooms).finally(() => this.goOn(socket));
    };
    this.server._dispatcher.push({ deliver }, inPieces);
  }

  private async subscribe(
    socket: AnySocket,
    verb: "subscribe" | "unsubscribe",
    rooms: readonly string[],
  ): Promise<void> {
    const namespace = socket.nsp.name;
    const all = (this.subscriptions ??= new Map());
    let own = all.get(namespace);
    if (own?.socket !== socket) {
      own = new Subscriptions(socket, this.rules.permission, this.rules.limits);
      all.set(namespace, own);
    }
    if (verb === "unsubscribe") {
      const left = await own.unsubscribe(rooms, this.rules.report);
      if (socket.connected) this.say({ type: "unsubscribed", namespace, rooms: left });
      return;
    }
    const outcomes = await own.subscribe(rooms, this.rules.report);
    if (!socket.connected) return;
    this.tellOutcomes(namespace, rooms, outcomes);
  }

  private tellOutcomes(
    namespace: string,
    rooms: readonly string[],
    outcomes: readonly SubscribeOutcome[],
  ): void {
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome !== "granted") this.tell(outcome, namespace, `/subscribe/${at}`);
    }
    const granted = rooms.filter((_room, at) => outcomes[at] === "granted");
    this.say({ type: "subscribed", namespace, rooms: granted });
  }
}

/** What the dispatcher is given where it is not a packet that is delivered. */
const inPieces: SocketPacket = { type: PacketType.EVENT, nsp: "/" };

const deliveryWords: ReadonlySet<string> = new Set(Object.values(deliveryEvents));

// One for all of them.
PlainClient.prototype._makeLink = (host, visit, socket) => new PlainLink(host, visit, socket);

function hasSession(socket: AnySocket): boolean {
  return socket.delivery.session !== undefined;
}
