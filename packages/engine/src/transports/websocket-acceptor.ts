import { acceptUpgrade, chooseProtocol } from "@hawser/websocket/internal";
import type {
  Connection as WebSocketConnection,
  PerMessageDeflateOptions,
} from "@hawser/websocket/internal";
import type { IncomingMessage } from "node:http";
import { requestErrors } from "../errors.ts";
import type { UpgradeGate } from "../http/gate.ts";
import { headerLines } from "../http/reply.ts";
import type { ReplyHeaders } from "../http/reply.ts";
import type { Transport, TransportHandler } from "../transport.ts";
import { CodedWebSocketTransport } from "./coded-websocket.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { WebSocketTransport } from "./websocket.ts";
import type { WebSocketLineHandler, WebSocketTransportLimits } from "./websocket-base.ts";

/** Called with the open transport, or with what is wrong with the request, which has then been answered. */
export type AcceptCallback = (made: Transport | Error) => void;

/** A client's wish for a websocket, which has been admitted. */
export interface WebSocketOffer {
  readonly request: IncomingMessage;
  /** Headers that middlewares want on the answer. */
  takeHeaders(): ReplyHeaders;
  /** Answers with 101 and `headers`; `codec` is undefined where frames carry packets as they are. */
  accept(headers: ReplyHeaders, codec: FrameCodec | undefined, done: AcceptCallback): void;
}

/** Makes websocket transports out of upgrade requests of node:http. */
export interface WebSocketAcceptor {
  accept(
    gate: UpgradeGate,
    headers: ReplyHeaders,
    codec: FrameCodec | undefined,
    done: AcceptCallback,
  ): void;
  close(): void;
  /** The WebSocket server, where it is somebody else's. */
  readonly server?: unknown;
}

/** What stands in for a handler between the making of a transport and that of its connection, in one tick. */
export const nobody: TransportHandler = {
  onText: () => {},
  onBinary: () => {},
  onControl: () => {},
  onInvalidPacket: () => {},
  onTransportDrain: () => {},
  onTransportClose: () => {},
};

/** The offer of an upgrade request that came through a gate. */
export class GateOffer implements WebSocketOffer {
  private readonly gate: UpgradeGate;
  private readonly acceptor: WebSocketAcceptor;

  constructor(gate: UpgradeGate, acceptor: WebSocketAcceptor) {
    this.gate = gate;
    this.acceptor = acceptor;
  }

  get request(): IncomingMessage {
    return this.gate.request;
  }

  takeHeaders(): ReplyHeaders {
    return this.gate.takeHeaders();
  }

  accept(headers: ReplyHeaders, codec: FrameCodec | undefined, done: AcceptCallback): void {
    this.acceptor.accept(this.gate, headers, codec, done);
  }
}

/** The acceptor on our own WebSocket layer. */
export class OwnAcceptor implements WebSocketAcceptor {
  private readonly limits: WebSocketTransportLimits;
  private readonly perMessageDeflate: PerMessageDeflateOptions | undefined;

  constructor(
    limits: WebSocketTransportLimits,
    perMessageDeflate: PerMessageDeflateOptions | undefined,
  ) {
    this.limits = limits;
    this.perMessageDeflate = perMessageDeflate;
  }

  accept(
    gate: UpgradeGate,
    headers: ReplyHeaders,
    codec: FrameCodec | undefined,
    done: AcceptCallback,
  ): void {
    const { bufferedBytesMax, messageBytesMax, closeTimeoutMs } = this.limits;
    const transport =
      codec === undefined
        ? new WebSocketTransport(nobody, bufferedBytesMax)
        : new CodedWebSocketTransport(nobody, bufferedBytesMax, codec);
    const { perMessageDeflate } = this;
    const protocol = chooseProtocol(gate.request, undefined);
    const settings = { messageBytesMax, closeTimeoutMs, headers, protocol, perMessageDeflate };
    const error = acceptAtGate(gate, settings, transport);
    done(error ?? transport);
  }

  close(): void {}
}

/** How a websocket that waits at a gate is accepted. */
export interface GateSettings {
  readonly messageBytesMax: number;
  readonly closeTimeoutMs: number;
  readonly headers: ReplyHeaders;
  /** The subprotocol of the answer; empty for none. */
  readonly protocol: string;
  readonly perMessageDeflate: PerMessageDeflateOptions | undefined;
}

/** A transport whose line has not been made. */
interface LineHandler extends WebSocketLineHandler {
  line: WebSocketConnection;
}

/** Answers with 101 and gives the transport its line, or refuses a request that is no handshake and returns why. */
export function acceptAtGate(
  gate: UpgradeGate,
  settings: GateSettings,
  transport: WebSocketLineHandler,
): Error | undefined {
  const line = acceptUpgrade(
    gate.request,
    gate.socket,
    gate.head,
    {
      payloadBytesMax: settings.messageBytesMax,
      closeTimeoutMs: settings.closeTimeoutMs,
      headers: headerLines(settings.headers),
      protocol: settings.protocol,
      perMessageDeflate: settings.perMessageDeflate,
    },
    transport,
  );
  if (line instanceof Error) {
    gate.refuse(line.status, { code: requestErrors.BAD_REQUEST.code, message: line.message });
    return line;
  }
  (transport as LineHandler).line = line;
  gate.release();
  return undefined;
}
