// The server of the examples in a process of its own, and somebody who listens over Socket.IO.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadClient } from "../src/support/pairing.ts";
import type { ClientSocket } from "../src/support/pairing.ts";
import { within } from "../src/support/wait.ts";
import type { Said } from "./chatter.ts";
import { clientsFolder } from "./toolchains.ts";

const startMs = 20_000;

export class ChatServer {
  readonly token = "a-token";
  readonly #process: ChildProcess;
  #port = 0;

  private constructor() {
    this.#process = spawn(process.execPath, [join(clientsFolder, "server.mjs"), "0"], {
      env: { ...process.env, TOKEN: this.token },
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  static async start(): Promise<ChatServer> {
    const server = new ChatServer();
    const lines = createInterface({ input: server.#process.stdout! });
    const [line] = (await within("the server listens", once(lines, "line"), startMs)) as [string];
    server.#port = Number(new URL(line).port);
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** The page, as somebody opens it. */
  page(room: string, name: string): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.token}&room=${room}&name=${name}`;
  }

  async end(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill();
    await exited;
  }
}

/** Somebody in the room, on a line that holds; hears everything and says something. */
export class Observer {
  readonly chat: Said[] = [];
  readonly #socket: ClientSocket;
  readonly #room: string;

  private constructor(socket: ClientSocket, room: string) {
    this.#socket = socket;
    this.#room = room;
    socket.on("chat", (...said: Said) => this.chat.push(said));
  }

  static async enter(server: ChatServer, room: string, name: string): Promise<Observer> {
    const { io } = await loadClient("hawser");
    const socket = io(`http://127.0.0.1:${server.port}`, {
      auth: { token: server.token },
      transports: ["websocket"],
      forceNew: true,
    });
    const observer = new Observer(socket, room);
    await socket.emitWithAck("hello", name);
    await socket.emitWithAck("join", room);
    return observer;
  }

  async say(text: string): Promise<void> {
    await this.#socket.emitWithAck("say", this.#room, text);
  }

  /** Who answers when the server asks everybody in the room. */
  async rollCall(): Promise<string[]> {
    return (await this.#socket.emitWithAck("roll call", this.#room)) as string[];
  }

  leave(): void {
    this.#socket.disconnect();
  }
}
