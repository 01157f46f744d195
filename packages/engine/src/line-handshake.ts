import { Connection } from "./connection.ts";
import type { ConnectionServices } from "./connection.ts";
import type { BaseServer } from "./base-server.ts";
import { pollingHeaders, upgradeHeaders } from "./http/answer-headers.ts";
import type { HttpGate, UpgradeGate } from "./http/gate.ts";
import { boundUnreadBody } from "./http/reply.ts";
import type { ReplyHeaders } from "./http/reply.ts";
import { LineHeartbeat } from "./line-heartbeat.ts";
import type { EngineLimits } from "./limits.ts";
import type { Revision } from "./revision.ts";
import type { Transport } from "./transport.ts";
import { PlainWebSocketTransport } from "./transports/plain-websocket.ts";
import { SseTransport } from "./transports/sse.ts";
import { acceptAtGate, nobody } from "./transports/websocket-acceptor.ts";

/** How a websocket without Engine.IO is taken. */
export interface PlainLineOptions {
  /** The subprotocol of the answer, one that the client offered; empty for none. */
  readonly protocol: string;
  /** Bytes of one message, for now: see {@link PlainWebSocketTransport.messageBytesMax}. */
  readonly messageBytesMax: number;
  /** In the place of the engine's `onConnection`: sets the handler. */
  onConnection(connection: Connection): void;
}

/** How a stream of Server-Sent Events is begun. What is sent on it stands there as it is: events, each with its empty line. */
export interface StreamOptions {
  /** Further headers of the answer. */
  readonly headers?: ReplyHeaders | undefined;
  /** In the place of the engine's `onConnection`: sets the handler. */
  onConnection(connection: Connection): void;
}

const language: Pick<Revision, "number" | "makeHeartbeat"> = {
  number: 4,
  makeHeartbeat: (target, wheel, times) => new LineHeartbeat(target, wheel, times),
};

/** Makes connections of other languages than Engine.IO out of admitted requests. */
export class LineHandshake {
  private readonly server: BaseServer;
  private readonly limits: EngineLimits;
  private readonly connections: ConnectionServices;

  constructor(server: BaseServer, limits: EngineLimits, connections: ConnectionServices) {
    this.server = server;
    this.limits = limits;
    this.connections = connections;
  }

  /** A new connection over websocket, or what is wrong with its request, which has then been answered. */
  openPlain(id: string, gate: UpgradeGate, options: PlainLineOptions): Connection | Error {
    const { server, limits } = this;
    const { cookie, perMessageDeflate } = server.opts;
    const { protocol, messageBytesMax } = options;
    const { closeTimeoutMs } = limits;
    const transport = new PlainWebSocketTransport(nobody, limits, messageBytesMax);
    const headers = upgradeHeaders(server, gate.request, cookie, id, gate.takeHeaders());
    const settings = { messageBytesMax, closeTimeoutMs, headers, protocol, perMessageDeflate };
    const error = acceptAtGate(gate, settings, transport);
    return error ?? this.connect(id, transport, gate);
  }

  /** A new connection whose messages are events of an HTTP answer. */
  openStream(id: string, gate: HttpGate, options: StreamOptions): Connection {
    const { server, limits, connections } = this;
    const { request } = gate;
    const headers = (): ReplyHeaders => {
      const own = pollingHeaders(server, request, server.opts.cookie, id, true);
      return { ...own, "Cache-Control": "no-store, no-transform", ...options.headers };
    };
    // With a body that nobody reads, the end of the line would not be noticed.
    boundUnreadBody(request);
    const services = { wheel: connections.wheel, limits };
    return this.connect(id, new SseTransport(gate.response(), services, headers, nobody), gate);
  }

  private connect(id: string, transport: Transport, gate: UpgradeGate | HttpGate): Connection {
    const { connections, server } = this;
    const connection = new Connection(id, server, connections, transport, gate.request, language);
    transport.handler = connection;
    connection.open(undefined, undefined);
    return connection;
  }
}
