import type { Connection } from "../src/connection.ts";
import type { PlainLineOptions, StreamOptions } from "../src/line-handshake.ts";
import { Peer, TestEngine, afterTest } from "./engine.ts";
import { connect } from "node:net";
import type { ClientOptions } from "ws";

/** A connection whose messages are kept. */
export class Taken {
  readonly connection: Connection;
  readonly heard: string[] = [];
  readonly closed: Promise<[reason: string, description: unknown]>;

  constructor(connection: Connection) {
    this.connection = connection;
    this.closed = new Promise((resolve) => {
      connection.handler = {
        onText: (text, offset) => this.heard.push(text.slice(offset)),
        onBinary: (data) => this.heard.push(`<${data.toString("hex")}>`),
        onClose: (reason, description) => resolve([reason, description]),
      };
    });
  }
}

/** Serves plain websockets at `/plain`, and streams at `/stream`. */
export class TestLines {
  readonly test: TestEngine;
  readonly taken: Taken[] = [];
  private waiting: ((taken: Taken) => void)[] = [];

  private constructor(test: TestEngine) {
    this.test = test;
  }

  static async start(
    plain: Partial<PlainLineOptions> = {},
    stream: Partial<StreamOptions> = {},
    ...how: Parameters<typeof TestEngine.start>
  ): Promise<TestLines> {
    const lines = new TestLines(await TestEngine.start(...how));
    const onConnection = (connection: Connection): void => lines.take(connection);
    const { engine } = lines.test;
    engine.addRoute("/plain", {
      upgrade: (request, socket, head) => {
        const own = { protocol: "", messageBytesMax: 1_000, onConnection };
        engine.acceptPlain(request, socket, head, { ...own, ...plain });
      },
    });
    engine.addRoute("/stream", {
      request: (request, response) => {
        engine.acceptStream(request, response, { onConnection, ...stream });
      },
    });
    return lines;
  }

  /** The next connection, also one that is there. */
  next(): Promise<Taken> {
    const there = this.taken.shift();
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  peer(options?: ClientOptions): Peer {
    return new Peer(`ws://127.0.0.1:${this.test.port}/plain`, options);
  }

  /** A stream as bytes, which are read when the test says so. */
  stream(headers = "", version = "1.1"): Stream {
    return new Stream(this.test.port, headers, version);
  }

  private take(connection: Connection): void {
    const taken = new Taken(connection);
    const waiting = this.waiting.shift();
    if (waiting === undefined) this.taken.push(taken);
    else waiting(taken);
  }
}

/** A GET whose answer is kept as text, chunk sizes and all. */
export class Stream {
  readonly socket: ReturnType<typeof connect>;
  received = "";
  readonly ended: Promise<string>;

  constructor(port: number, headers: string, version: string) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString();
      this.socket.emit("more");
    });
    this.ended = new Promise((resolve) => this.socket.on("close", () => resolve(this.received)));
    this.socket.write(`GET /stream HTTP/${version}\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
    afterTest(() => this.socket.destroy());
  }

  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      await new Promise((resolve) => this.socket.once("more", resolve));
    }
    return this.received;
  }
}
