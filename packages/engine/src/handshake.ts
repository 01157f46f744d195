import type { HandshakeError, TimingWheel } from "@hawser/websocket/internal";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Connection } from "./connection.ts";
import type { ConnectionServices } from "./connection.ts";
import { requestErrors } from "./errors.ts";
import { pollingHeaders, upgradeHeaders } from "./http/answer-headers.ts";
import type { UpgradeGate } from "./http/gate.ts";
import { headerLines } from "./http/reply.ts";
import type { EngineLimits } from "./limits.ts";
import type { ResolvedOptions } from "./options.ts";
import { Outgoing } from "./outgoing.ts";
import type { EngineServer } from "./server.ts";
import type { TransportHandler, TransportName } from "./transport.ts";
import { PollingTransport } from "./transports/polling.ts";
import type { PollingServices } from "./transports/polling.ts";
import { WebSocketTransport } from "./transports/websocket.ts";

/** What stands in for a handler between the making of a transport and that of its connection, in one tick. */
const nobody: TransportHandler = {
  onText: () => {},
  onBinary: () => {},
  onControl: () => {},
  onInvalidPacket: () => {},
  onTransportDrain: () => {},
  onTransportClose: () => {},
};

/** Makes connections out of admitted requests. */
export class Handshake {
  private readonly server: EngineServer;
  private readonly options: ResolvedOptions;
  private readonly limits: EngineLimits;
  private readonly connections: ConnectionServices;
  private readonly polling: PollingServices;
  private readonly initialPacket: Outgoing | undefined;

  constructor(
    server: EngineServer,
    options: ResolvedOptions,
    limits: EngineLimits,
    wheel: TimingWheel,
    onConnectionClosed: (connection: Connection) => void,
  ) {
    this.server = server;
    this.options = options;
    this.limits = limits;
    const times = {
      pingIntervalMs: options.pingInterval,
      pingTimeoutMs: options.pingTimeout,
      upgradeTimeoutMs: options.upgradeTimeout,
      noopIntervalMs: limits.upgradeNoopIntervalMs,
    };
    this.connections = { wheel, times, onConnectionClosed };
    this.polling = {
      wheel,
      limits,
      httpCompression: options.httpCompression,
      answerHeaders: (request, id, first) =>
        pollingHeaders(server, request, options.cookie, id, first),
    };
    this.initialPacket = initialOutgoing(options.initialPacket);
  }

  /** A new connection over polling; the request is answered with its open packet. */
  openPolling(id: string, request: IncomingMessage, response: ServerResponse): Connection {
    const transport = new PollingTransport(id, this.polling, nobody);
    const connection = new Connection(id, this.server, this.connections, transport, request);
    transport.handler = connection;
    connection.open(this.openPacket(id, "polling"), this.initialPacket);
    transport.onRequest(request, response);
    return connection;
  }

  /** A new connection over websocket, or what is wrong with its request, which has then been answered. */
  openWebSocket(id: string, gate: UpgradeGate): Connection | HandshakeError {
    const { request, socket } = gate;
    socket.cork();
    try {
      const transport = this.accept(gate, id);
      if (!(transport instanceof WebSocketTransport)) return transport;
      const connection = new Connection(id, this.server, this.connections, transport, request);
      transport.handler = connection;
      connection.open(this.openPacket(id, "websocket"), this.initialPacket);
      return connection;
    } finally {
      // Behind the flush of this tick: the answer and the first packets leave in one write.
      process.nextTick(uncork, socket);
    }
  }

  /** Lets a websocket try to take over a connection; what is wrong with its request otherwise. */
  openUpgrade(connection: Connection, gate: UpgradeGate): HandshakeError | undefined {
    const transport = this.accept(gate, undefined);
    if (!(transport instanceof WebSocketTransport)) return transport;
    connection.tryUpgrade(transport);
    return undefined;
  }

  private accept(
    gate: UpgradeGate,
    newId: string | undefined,
  ): WebSocketTransport | HandshakeError {
    const { request, socket, head } = gate;
    const { server, options, limits } = this;
    const headers = upgradeHeaders(server, request, options.cookie, newId, gate.takeHeaders());
    const lines = headerLines(headers);
    const made = WebSocketTransport.accept(request, socket, head, lines, limits, nobody);
    if (made instanceof WebSocketTransport) gate.release();
    else gate.refuse(made.status, { code: requestErrors.BAD_REQUEST.code, message: made.message });
    return made;
  }

  private openPacket(sid: string, transport: TransportName): Outgoing {
    const { options } = this;
    const open = {
      sid,
      upgrades: this.server.upgrades(transport),
      pingInterval: options.pingInterval,
      pingTimeout: options.pingTimeout,
      maxPayload: options.maxHttpBufferSize,
    };
    return new Outgoing(`0${JSON.stringify(open)}`);
  }
}

function uncork(socket: Duplex): void {
  socket.uncork();
}

function initialOutgoing(packet: string | Uint8Array | undefined): Outgoing | undefined {
  if (packet === undefined) return undefined;
  return typeof packet === "string"
    ? new Outgoing(`4${packet}`)
    : new Outgoing(undefined, [packet]);
}
