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
import { encodeMessage, isBlob, readBlob } from "./wire.ts";

/** Engine.IO over the WebSocket of `@hawser/websocket`, which sends headers and takes TLS options. */
export class NodeWebSocket extends WebSocketTransport {
  // Set while a Blob is read: what follows it waits with it.
  #reading: Promise<void> | undefined;

  protected connect(url: string, protocols: string | string[] | undefined): WebSocketLike {
    const { autoUnref, cookieJar, extraHeaders, perMessageDeflate, secure } = this.opts;
    const headers: OutgoingHttpHeaders = { ...extraHeaders };
    const cookies = cookieJar?.header();
    if (cookies) headers["Cookie"] = cookies;
    return new WebSocket(url, protocols, {
      ...nodeOptions(this.opts),
      headers,
      ...(perMessageDeflate !== undefined && { perMessageDeflate }),
      ...(autoUnref && { createConnection: secure ? unrefTls : unrefNet }),
    }) as unknown as WebSocketLike;
  }

  protected override transmit(packet: Packet): void {
    if (!this.#reading && !isBlob(packet.data)) {
      this.#write(packet);
      return;
    }
    const before = this.#reading;
    const turn: Promise<void> = Promise.all([readBlob(packet), before]).then(([read]) => {
      if (!this.isClosed()) this.#write(read);
      if (this.#reading === turn) this.#reading = undefined;
    });
    this.#reading = turn;
  }

  #write(packet: Packet): void {
    const message = encodeMessage(packet, this.opts.forceBase64);
    // Compressed where that was negotiated, unless the sender said otherwise.
    if (packet.options?.compress === false) {
      (this.ws as unknown as WebSocket).send(message as string, { compress: false });
    } else {
      this.ws!.send(message);
    }
  }
}

function unrefNet(options: object): Socket {
  return netConnect(options as NetConnectOpts).unref();
}

function unrefTls(options: object): Socket {
  return tlsConnect(options as ConnectionOptions).unref();
}
