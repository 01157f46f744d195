import type { TimingWheel } from "@hawser/websocket/internal";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Connection } from "./connection.ts";
import type { ConnectionServices } from "./connection.ts";
import { pollingHeaders, upgradeHeaders } from "./http/answer-headers.ts";
import type { Query } from "./http/query.ts";
import type { EngineLimits } from "./limits.ts";
import type { ResolvedOptions } from "./options.ts";
import { Outgoing } from "./outgoing.ts";
import { frameCodecOf, pollingCodecOf, revisionOf } from "./revision.ts";
import type { BaseServer } from "./base-server.ts";
import type { Transport, TransportName } from "./transport.ts";
import { PollingTransport } from "./transports/polling.ts";
import type { PollingServices } from "./transports/polling.ts";
import { nobody } from "./transports/websocket-acceptor.ts";
import type { AcceptCallback, WebSocketOffer } from "./transports/websocket-acceptor.ts";

/** Makes connections out of admitted requests. */
export class Handshake {
  private readonly server: BaseServer;
  private readonly options: ResolvedOptions;
  /** What all connections of the server share. */
  readonly connections: ConnectionServices;
  private readonly polling: PollingServices;
  private readonly initialPacket: Outgoing | undefined;
  private readonly openRests: Map<TransportName, string> = new Map();

  constructor(
    server: BaseServer,
    options: ResolvedOptions,
    limits: EngineLimits,
    wheel: TimingWheel,
    onConnectionClosed: (connection: Connection) => void,
  ) {
    this.server = server;
    this.options = options;
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
  openPolling(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
    query: Query,
  ): Connection {
    const transport = new PollingTransport(id, this.polling, pollingCodecOf(query), nobody);
    const connection = this.connect(id, transport, request, query);
    transport.onRequest(request, response);
    return connection;
  }

  /** A new connection over websocket, or what is wrong with its request, which has then been answered. */
  openWebSocket(
    id: string,
    offer: WebSocketOffer,
    query: Query,
    done: (made: Connection | Error) => void,
  ): void {
    this.accept(offer, id, query, (transport) => {
      const failed = transport instanceof Error;
      done(failed ? transport : this.connect(id, transport, offer.request, query));
    });
  }

  /** Lets a websocket try to take over a connection; `refused` learns what is wrong with its request otherwise. */
  openUpgrade(
    connection: Connection,
    offer: WebSocketOffer,
    query: Query,
    refused: (error: Error) => void,
  ): void {
    this.accept(offer, undefined, query, (transport) => {
      if (transport instanceof Error) refused(transport);
      else if (connection.upgradable) connection.tryUpgrade(transport);
      else transport.close();
    });
  }

  private accept(
    offer: WebSocketOffer,
    newId: string | undefined,
    query: Query,
    done: AcceptCallback,
  ): void {
    const { server, options } = this;
    const more = offer.takeHeaders();
    const headers = upgradeHeaders(server, offer.request, options.cookie, newId, more);
    offer.accept(headers, frameCodecOf(query), done);
  }

  private connect(
    id: string,
    transport: Transport,
    request: IncomingMessage,
    query: Query,
  ): Connection {
    const { connections, server } = this;
    const revision = revisionOf(query);
    const connection = new Connection(id, server, connections, transport, request, revision);
    transport.handler = connection;
    connection.open(this.openPacket(id, transport.name as TransportName), this.initialPacket);
    return connection;
  }

  private openPacket(sid: string, transport: TransportName): Outgoing {
    return new Outgoing(`0{"sid":${JSON.stringify(sid)},${this.openRest(transport)}`);
  }

  /** What the open packets of a transport have in common. */
  private openRest(transport: TransportName): string {
    const known = this.openRests.get(transport);
    if (known !== undefined) return known;
    const { pingInterval, pingTimeout, maxHttpBufferSize: maxPayload } = this.options;
    const upgrades = this.server.upgrades(transport);
    const rest = JSON.stringify({ upgrades, pingInterval, pingTimeout, maxPayload }).slice(1);
    this.openRests.set(transport, rest);
    return rest;
  }
}

function initialOutgoing(packet: string | Uint8Array | undefined): Outgoing | undefined {
  if (packet === undefined) return undefined;
  return typeof packet === "string"
    ? new Outgoing(`4${packet}`)
    : new Outgoing(undefined, [packet]);
}
