import { CliError } from "../errors.ts";
import { PlainClient, jsonForm } from "./plain-client.ts";
import { msgpackForm } from "./msgpack-form.ts";
import { websocketOptions } from "./websocket-options.ts";
import type { PlainEvent, PlainReply, PlainRequest } from "@hawser/protocol";
import type { Answer, Line, LineHandler, LineOptions } from "./line.ts";

/** How often what has been handled is told, at most. */
const positionMs = 1_000;
const waitingMax = 1_000;
const lastPing = "hawser:last";
const lastPongMs = 1_000;

type Connected = Extract<PlainReply, { type: "connected" }>;

/** The plain dialect of Hawser: events, acknowledgements, rooms, and sessions that are recovered. */
export class PlainLine implements Line {
  readonly #options: LineOptions;
  readonly #handler: LineHandler;
  readonly #isMsgpack: boolean;
  readonly #acks = new Map<number, (data: unknown[]) => void>();
  // Said while the line was away; it goes out when the namespace is entered.
  #waiting: PlainRequest[] = [];
  #client: PlainClient | undefined;
  #isEntered = false;
  #isClosing = false;
  #hasSaid = false;
  #onLastPong: (() => void) | undefined;
  #ackId = 0;
  // With a session: the newest key, and up to where was handled.
  #session: string | undefined;
  #position: string | undefined;
  #toldPosition: string | undefined;
  #positionTimer: NodeJS.Timeout | undefined;

  constructor(options: LineOptions, handler: LineHandler, isMsgpack: boolean) {
    this.#options = options;
    this.#handler = handler;
    this.#isMsgpack = isMsgpack;
  }

  open(): void {
    const form = this.#isMsgpack ? msgpackForm() : jsonForm();
    this.#client = new PlainClient(
      this.#options.url,
      websocketOptions(this.#options),
      form,
      this.#options.protocols,
      {
        onSocket: () => this.#enter(),
        onMessage: (message) => this.#onMessage(message),
        onMalformed: ({ message }) =>
          this.#handler.onNotice("malformed", `malformed: ${message}`, { message }, true),
        onClose: ({ text, code, retry }) => {
          this.#leave();
          this.#onLastPong?.();
          if (this.#isClosing) return;
          this.#handler.onLoss({ reason: text, refused: false, clean: code === 1000, retry });
        },
        onHttp: (status, body) => {
          const reason = `HTTP ${status}${body === "" ? "" : ` ${body}`}`;
          this.#handler.onLoss({ reason, refused: status >= 400 && status < 500 });
        },
      },
    );
  }

  emit(event: string, data: unknown[], onAck?: (data: unknown[]) => void): void {
    let id: number | undefined;
    if (onAck) {
      id = this.#ackId;
      this.#ackId += 1;
      this.#acks.set(id, onAck);
    }
    this.#say({ type: "event", event, data, ...this.#place(), ...(id !== undefined && { id }) });
  }

  subscribe(rooms: string[], leave: boolean): void {
    this.#say({ type: leave ? "unsubscribe" : "subscribe", rooms, ...this.#place() });
  }

  command(name: string, words: string[]): boolean {
    if (name !== "ping") return false;
    this.#client?.send({ type: "ping", value: words.join(" ").slice(0, 64) });
    return true;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#reachServer();
    this.#tellPosition();
    clearTimeout(this.#positionTimer);
    await this.#client?.close();
  }

  /** What was said last is handled when a ping behind it is answered; an event whose sender is gone may be dropped. */
  async #reachServer(): Promise<void> {
    const client = this.#client;
    if (!this.#hasSaid || !this.#isEntered || !client?.isOpen) return;
    await new Promise<void>((resolve) => {
      this.#onLastPong = resolve;
      setTimeout(resolve, lastPongMs).unref();
      client.send({ type: "ping", value: lastPing });
    });
  }

  #place(): { namespace?: string } {
    const { namespace } = this.#options;
    return namespace === "/" ? {} : { namespace };
  }

  #say(message: PlainRequest): void {
    this.#hasSaid = true;
    if (this.#isEntered && this.#client?.isOpen) this.#client.send(message);
    else if (this.#waiting.length < waitingMax) this.#waiting.push(message);
    else throw new CliError("lost", `the line is away, and ${waitingMax} messages wait already`);
  }

  #enter(): void {
    const { auth, session } = this.#options;
    const about = { ...this.#place(), ...(auth && { auth }) };
    if (this.#session === undefined) {
      this.#client!.send({ type: "connect", ...about, ...(session && { session: true }) });
      return;
    }
    const position = this.#position;
    this.#client!.send({
      type: "recover",
      ...about,
      session: this.#session,
      ...(position !== undefined && { position }),
    });
  }

  #leave(): void {
    this.#isEntered = false;
    this.#acks.clear();
    clearTimeout(this.#positionTimer);
    this.#positionTimer = undefined;
  }

  #onMessage(message: PlainReply): void {
    const handler = this.#handler;
    switch (message.type) {
      case "connected":
        this.#onConnected(message);
        return;
      case "event":
        this.#onEvent(message);
        return;
      case "ack":
        this.#acks.get(message.id)?.([...message.data]);
        this.#acks.delete(message.id);
        return;
      case "error":
        this.#onFault(message);
        return;
      case "disconnect":
        this.#isClosing = true;
        handler.onLoss({
          reason: "the server has closed the namespace",
          refused: false,
          retry: false,
        });
        return;
      case "live":
        this.#handled(message.position);
        handler.onNotice("live", "live: all that was missed has come", {
          position: message.position,
        });
        return;
      case "reset": {
        const { reason, room } = message;
        const where = room === undefined ? "" : ` in ${room}`;
        const fields = { reason, ...(room !== undefined && { room }) };
        handler.onNotice("reset", `reset: something was missed${where} (${reason})`, fields, true);
        return;
      }
      case "subscribed":
      case "unsubscribed":
        handler.onNotice(message.type, `${message.type}: ${message.rooms.join(", ")}`, {
          rooms: message.rooms,
        });
        return;
      case "pong":
        if (message.value === lastPing) {
          this.#onLastPong?.();
          return;
        }
        handler.onNotice("pong", `pong ${message.value}`, { value: message.value });
        return;
      case "durable":
    }
  }

  #onConnected({ id, session, position, recovered }: Connected): void {
    this.#isEntered = true;
    if (session !== undefined) this.#session = session;
    // A session that is new begins where it is; one that was recovered goes on where this client was.
    if (recovered !== true) this.#position = position;
    this.#toldPosition = this.#position;
    const over = this.#isMsgpack ? "msgpack" : "websocket";
    this.#handler.onOpen({ id, over, ...(recovered !== undefined && { recovered }) });
    for (const message of this.#waiting.splice(0)) this.#client!.send(message);
  }

  #onEvent({ event, data, id, position }: PlainEvent): void {
    const answer: Answer | undefined =
      id === undefined
        ? undefined
        : (...given) => this.#say({ type: "ack", id, data: given, ...this.#place() });
    this.#handler.onEvent(event, [...data], {
      ...(answer && { answer }),
      ...(position !== undefined && { position }),
    });
    this.#handled(position);
  }

  #onFault({ code, message, at, id, data }: Extract<PlainReply, { type: "error" }>): void {
    const place = at === undefined ? "" : ` at ${at}`;
    if (id !== undefined) this.#acks.delete(id);
    if (this.#isEntered) {
      const fields = { code, message, at, id, data };
      this.#handler.onNotice("error", `${code}${place}: ${message}`, fields, true);
      return;
    }
    this.#isClosing = true;
    this.#handler.onLoss({ reason: `${code}: ${message}`, refused: true, data });
  }

  /** What is handled need not come again; told once a second. */
  #handled(position: string | undefined): void {
    if (position === undefined || this.#session === undefined) return;
    this.#position = position;
    this.#positionTimer ??= setTimeout(() => {
      this.#positionTimer = undefined;
      this.#tellPosition();
    }, positionMs);
  }

  #tellPosition(): void {
    const position = this.#position;
    const isNews = position !== undefined && position !== this.#toldPosition;
    if (!isNews || this.#session === undefined || !this.#isEntered || !this.#client?.isOpen) return;
    this.#toldPosition = position;
    this.#client.send({ type: "position", position, ...this.#place() });
  }
}
