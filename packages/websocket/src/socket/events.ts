import { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { ABNORMAL } from "../connection/close.ts";
import type { ErasedListener } from "../erased.ts";
import type { WebSocket } from "./websocket.ts";

/**
 * A received message, as `on` listeners get it. With the `binaryType` "blob" a binary one is a Blob: not in this type,
 * since software that does not ask for it would have to deal with it.
 */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** A received message, as `onmessage` gets it: text as a string. */
export type Data = string | RawData;

/** What `on` listeners get, by event. */
export interface WebSocketEvents {
  open: [];
  /** Text comes as its UTF-8 bytes, with `isBinary` false; `data.toString()` is the text. */
  message: [data: RawData, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** Why the connection fails; `close` follows. Emitted only where somebody listens: a peer cannot end the process. */
  error: [error: Error];
  close: [code: number, reason: Buffer];
  /** The line was full, and everything sent so far was taken by the kernel. */
  drain: [];
  /** Messages were dropped, as `overflow` says: so many so far. Emitted once a tick. */
  drop: [dropped: number];
  /** Client: the server's answer, before it is looked at. */
  upgrade: [response: IncomingMessage];
  /** Client: a redirect is about to be followed; its request may still be changed or destroyed. */
  redirect: [url: string, request: ClientRequest];
  /** Client: an answer other than 101. The listener takes over the request and ends it. */
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}

/** An event of the kind that `addEventListener` listeners get. */
export class WebSocketEvent {
  readonly type: string;
  readonly target: WebSocket;

  constructor(type: string, target: WebSocket) {
    this.type = type;
    this.target = target;
  }
}

/** A message came. */
export class MessageEvent extends WebSocketEvent {
  /** A string when the message is text, else what `binaryType` says. */
  readonly data: Data;

  constructor(target: WebSocket, data: Data) {
    super("message", target);
    this.data = data;
  }
}

/** The connection is gone. */
export class CloseEvent extends WebSocketEvent {
  readonly code: number;
  readonly reason: string;
  /** Whether both sides said goodbye. */
  readonly wasClean: boolean;

  constructor(target: WebSocket, code: number, reason: string, wasClean: boolean) {
    super("close", target);
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

/** The connection fails. */
export class ErrorEvent extends WebSocketEvent {
  readonly error: Error & { readonly code?: string };
  readonly message: string;

  constructor(target: WebSocket, error: Error) {
    super("error", target);
    this.error = error;
    this.message = error.message;
  }
}

/** What `addEventListener` listeners get, by event. */
export interface WebSocketEventMap {
  open: WebSocketEvent;
  message: MessageEvent;
  close: CloseEvent;
  error: ErrorEvent;
}

type EventType = keyof WebSocketEventMap;
type Listener<Type extends EventType> = (this: WebSocket, event: WebSocketEventMap[Type]) => void;
/** A function, or an object whose `handleEvent` is called. */
export type WebSocketListener<Type extends EventType> =
  | Listener<Type>
  | { handleEvent(event: WebSocketEventMap[Type]): void };

/** Options of `addEventListener`. */
export interface EventListenerOptions {
  /** Removes the listener when it is called. Default false. */
  once?: boolean | undefined;
}

/** What `on` is given in the place of a listener of the browser's kind. */
interface Wrapper extends ErasedListener {
  /** What it stands for. */
  [kListener]?: unknown;
  /** Whether it was set as `onopen` and the like, of which there is one. */
  [kAttribute]?: boolean;
}

const kListener: unique symbol = Symbol("listener");
const kAttribute: unique symbol = Symbol("attribute");

const makeEvent: {
  [Type in EventType]: (
    target: WebSocket,
    ...args: WebSocketEvents[Type]
  ) => WebSocketEventMap[Type];
} = {
  open: (target) => new WebSocketEvent("open", target),
  message: (target, data, isBinary) =>
    new MessageEvent(target, isBinary ? data : (data as Buffer).toString()),
  close: (target, code, reason) =>
    new CloseEvent(target, code, reason.toString(), code !== ABNORMAL),
  error: (target, error) => new ErrorEvent(target, error),
};

/** A listener of `on`. */
type EventListener<Event extends keyof WebSocketEvents> = (
  this: WebSocket,
  ...args: WebSocketEvents[Event]
) => void;

// Typed where the event is known; any other event is the user's own.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- only types are added to what EventEmitter has
export interface WebSocketEmitter {
  on<Event extends keyof WebSocketEvents>(event: Event, listener: EventListener<Event>): this;
  on(event: string | symbol, listener: ErasedListener): this;
  once<Event extends keyof WebSocketEvents>(event: Event, listener: EventListener<Event>): this;
  once(event: string | symbol, listener: ErasedListener): this;
  off<Event extends keyof WebSocketEvents>(event: Event, listener: EventListener<Event>): this;
  off(event: string | symbol, listener: ErasedListener): this;
  addListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: EventListener<Event>,
  ): this;
  addListener(event: string | symbol, listener: ErasedListener): this;
  removeListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: EventListener<Event>,
  ): this;
  removeListener(event: string | symbol, listener: ErasedListener): this;
  prependListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: EventListener<Event>,
  ): this;
  prependListener(event: string | symbol, listener: ErasedListener): this;
  prependOnceListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: EventListener<Event>,
  ): this;
  prependOnceListener(event: string | symbol, listener: ErasedListener): this;
}

/** The two ways to listen to a WebSocket: Node's `on`, and the browser's `addEventListener` and `onmessage`. */
export class WebSocketEmitter extends EventEmitter {
  /**
   * Listens in the browser's way. The same listener is added once; any event but `open`, `message`, `error` and `close`
   * is ignored.
   */
  addEventListener<Type extends EventType>(
    type: Type,
    listener: WebSocketListener<Type>,
    options: EventListenerOptions = {},
  ): void {
    if (!Object.hasOwn(makeEvent, type)) return;
    if (this.wrapperOf(type, listener) !== undefined) return;
    const wrapper = wrap(type, listener);
    if (options.once === true) this.once(type, wrapper);
    else this.on(type, wrapper);
  }

  /** Removes what `addEventListener` has added. */
  removeEventListener<Type extends EventType>(type: Type, listener: WebSocketListener<Type>): void {
    const wrapper = this.wrapperOf(type, listener);
    if (wrapper !== undefined) this.removeListener(type, wrapper);
  }

  get onopen(): Listener<"open"> | null {
    return this.attribute("open");
  }
  set onopen(listener: Listener<"open"> | null) {
    this.setAttribute("open", listener);
  }

  get onmessage(): Listener<"message"> | null {
    return this.attribute("message");
  }
  set onmessage(listener: Listener<"message"> | null) {
    this.setAttribute("message", listener);
  }

  get onclose(): Listener<"close"> | null {
    return this.attribute("close");
  }
  set onclose(listener: Listener<"close"> | null) {
    this.setAttribute("close", listener);
  }

  get onerror(): Listener<"error"> | null {
    return this.attribute("error");
  }
  set onerror(listener: Listener<"error"> | null) {
    this.setAttribute("error", listener);
  }

  private wrapperOf(type: EventType, listener: unknown): Wrapper | undefined {
    return (this.listeners(type) as Wrapper[]).find(
      (wrapper) => wrapper[kListener] === listener && wrapper[kAttribute] === undefined,
    );
  }

  private attributeWrapper(type: EventType): Wrapper | undefined {
    return (this.listeners(type) as Wrapper[]).find((wrapper) => wrapper[kAttribute] === true);
  }

  private attribute<Type extends EventType>(type: Type): Listener<Type> | null {
    return (this.attributeWrapper(type)?.[kListener] as Listener<Type> | undefined) ?? null;
  }

  private setAttribute<Type extends EventType>(type: Type, listener: Listener<Type> | null): void {
    const previous = this.attributeWrapper(type);
    if (previous !== undefined) this.removeListener(type, previous);
    if (typeof listener !== "function") return;
    const wrapper = wrap(type, listener);
    wrapper[kAttribute] = true;
    this.on(type, wrapper);
  }
}

function wrap<Type extends EventType>(type: Type, listener: WebSocketListener<Type>): Wrapper {
  const wrapper: Wrapper = function wrapped(this: WebSocket, ...args: WebSocketEvents[Type]): void {
    const event = makeEvent[type](this, ...args);
    if (typeof listener === "function") listener.call(this, event);
    else listener.handleEvent(event);
  };
  wrapper[kListener] = listener;
  return wrapper;
}

/**
 * Gives a class the look of the browser's: constants on class and instances that cannot be changed, and attributes that
 * can be enumerated.
 */
export function asOfBrowsers(Class: typeof WebSocket): void {
  const { prototype } = Class;
  ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].forEach((name, value) => {
    const constant = { enumerable: true, configurable: false, writable: false, value };
    Object.defineProperty(Class, name, constant);
    Object.defineProperty(prototype, name, constant);
  });
  for (const name of attributes) {
    const own = Object.getOwnPropertyDescriptor(prototype, name);
    const property = own ?? Object.getOwnPropertyDescriptor(WebSocketEmitter.prototype, name);
    Object.defineProperty(prototype, name, { ...property, enumerable: true });
  }
}

const attributes = [
  "binaryType",
  "bufferedAmount",
  "extensions",
  "isPaused",
  "protocol",
  "readyState",
  "url",
  "onopen",
  "onmessage",
  "onerror",
  "onclose",
];
