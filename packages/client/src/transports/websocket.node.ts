import type { OutgoingHttpHeaders } from "node:http";
import { connect as netConnect } from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { WebSocket } from "@hawser/websocket";
import { nodeOptions } from "./options.node.ts";
import type { Packet } from "./transport.ts";
import type { WebSocketLike } from "./websocket.ts";
import { WebSocketTransport } from "./websocket.ts";
import { isBlob, readBlob } from "./wire.ts";

/** Engine.IO over the WebSocket of `@hawser/websocket`, which sends headers and takes TLS options. */
export class NodeWebSocket extends WebSocketTransport {
  // Set while a Blob is read: what follows it waits with it.
  #reading: Promise<void> | undefined;

  protected connect(url: string, protocols: string | string[] | undefined): WebSocketLike {
    const { autoUnref, cookieJar, extraHeaders, secure } = this.opts;
    const headers: OutgoingHttpHeaders = { ...extraHeaders };
    const cookies = cookieJar?.header();
    if (cookies) headers["Cookie"] = cookies;
    return new WebSocket(url, protocols, {
      ...nodeOptions(this.opts),
      headers,
      ...(autoUnref && { createConnection: secure ? unrefTls : unrefNet }),
    }) as unknown as WebSocketLike;
  }

  protected override transmit(packet: Packet): void {
    if (!this.#reading && !isBlob(packet.data)) {
      super.transmit(packet);
      return;
    }
    const before = this.#reading;
    const turn: Promise<void> = Promise.all([readBlob(packet), before]).then(([read]) => {
      if (!this.isClosed()) super.transmit(read);
      if (this.#reading === turn) this.#reading = undefined;
    });
    this.#reading = turn;
  }
}

function unrefNet(options: object): Socket {
  return netConnect(options as NetConnectOpts).unref();
}

function unrefTls(options: object): Socket {
  return tlsConnect(options as ConnectionOptions).unref();
}
