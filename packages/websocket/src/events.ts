import { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { ABNORMAL } from "./close.ts";
import type { WebSocket } from "./websocket.ts";

/** A received binary message, as `binaryType` says. */
export type BinaryData = Buffer | ArrayBuffer | Buffer[] | Blob;

/** What `on` listeners get, by event. */
export interface WebSocketEvents {
  open: [];
  /** Text comes as its UTF-8 bytes, with `isBinary` false; `data.toString()` is the text. */
  message: [data: BinaryData, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** Why the connection fails; `close` follows. Emitted only where somebody listens: a peer cannot end the process. */
  error: [error: Error];
  close: [code: number, reason: Buffer];
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
  readonly data: string | BinaryData;

  constructor(target: WebSocket, data: string | BinaryData) {
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
  readonly error: Error;
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

/** What `on` is given in the place of a listener of the browser's kind. */
interface Wrapper {
  (this: WebSocket, ...args: never[]): void;
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

/** The two ways to listen to a WebSocket: Node's `on`, and the browser's `addEventListener` and `onmessage`. */
export class WebSocketEmitter extends EventEmitter<WebSocketEvents> {
  /** Listens in the browser's way. The same listener is added once. */
  addEventListener<Type extends EventType>(
    type: Type,
    listener: WebSocketListener<Type>,
    options: { once?: boolean } = {},
  ): void {
    if (this.wrapperOf(type, (wrapper) => wrapper[kListener] === listener) !== undefined) return;
    const wrapper = this.wrap(type, listener);
    if (options.once === true) this.once(type, wrapper as never);
    else this.on(type, wrapper as never);
  }

  removeEventListener<Type extends EventType>(type: Type, listener: WebSocketListener<Type>): void {
    const wrapper = this.wrapperOf(type, (candidate) => candidate[kListener] === listener);
    if (wrapper !== undefined) this.removeListener(type, wrapper as never);
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

  private wrap<Type extends EventType>(type: Type, listener: WebSocketListener<Type>): Wrapper {
    const wrapper: Wrapper = function wrapped(this: WebSocket, ...args): void {
      const event = makeEvent[type](this, ...(args as unknown as WebSocketEvents[Type]));
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    };
    wrapper[kListener] = listener;
    return wrapper;
  }

  private wrapperOf(type: EventType, is: (wrapper: Wrapper) => boolean): Wrapper | undefined {
    return (this.listeners(type) as Wrapper[]).find(
      (wrapper) => wrapper[kAttribute] === undefined && is(wrapper),
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
    if (previous !== undefined) this.removeListener(type, previous as never);
    if (typeof listener !== "function") return;
    const wrapper = this.wrap(type, listener);
    wrapper[kAttribute] = true;
    this.on(type, wrapper as never);
  }
}
