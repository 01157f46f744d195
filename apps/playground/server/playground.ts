import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { fileLog } from "@hawser/log-sqlite";
import { memoryLog, Server } from "hawser";
import type { Log } from "hawser";
import { limits } from "../shared/chat/limits.ts";
import { ChatApp } from "./chat/chat-app.ts";
import type { Config } from "./config.ts";
import { staticFiles } from "./http/static-files.ts";
import { KillSwitch } from "./kill-switch.ts";
import { languages, wires } from "./languages.ts";
import { PublishKey } from "./publish-key.ts";

const builtPage = fileURLToPath(new URL("../dist", import.meta.url));

/** A running playground: the page, the line, and the apps behind it. */
export class Playground {
  readonly #http: HttpServer;
  readonly #io: Server;
  readonly #chat: ChatApp;

  /** Which other backends need to publish; undefined where none is asked for. */
  readonly publishKey: string | undefined;

  private constructor(http: HttpServer, io: Server, chat: ChatApp, publishKey: PublishKey) {
    this.#http = http;
    this.#io = io;
    this.#chat = chat;
    this.publishKey = publishKey.text;
  }

  /** Resolves when the port is open; rejects with what failed (`EADDRINUSE`, `EACCES`, `ERR_SQLITE_ERROR`…). */
  static async start(config: Config): Promise<Playground> {
    const http = createServer(staticFiles(builtPage));
    const publishKey = new PublishKey(config.host);
    const io = new Server(http, {
      ...languages(publishKey),
      // One picture, and room for what goes with it.
      maxHttpBufferSize: limits.pictureBytesMax + 100_000,
      // A lost line is noticed within 25 s, so that the page can say so.
      pingInterval: 10_000,
      pingTimeout: 15_000,
      // The log is the chat's history.
      delivery: {
        log: logBeside(config.database),
        retention: { age: "365d", count: 1_000_000, bytes: "1gb" },
        session: { age: "7d", max: 10_000 },
      },
    });
    const port = (): number => (http.address() as AddressInfo).port;
    const killSwitch = new KillSwitch(config.kill, port);
    const chat = new ChatApp(io, config.database, { killSwitch, publishKey, wires });
    // What goes wrong before that is the start's to tell.
    io.delivery?.on("error", (error) => {
      if (http.listening) console.error("delivery:", error);
    });
    try {
      await io.delivery?.ready;
      await listen(http, config);
    } catch (error) {
      await io.close();
      chat.close();
      throw error;
    }
    return new Playground(http, io, chat, publishKey);
  }

  get address(): AddressInfo {
    return this.#http.address() as AddressInfo;
  }

  /** Tells the pages, ends their connections, then closes the database. */
  async close(): Promise<void> {
    this.#chat.announceStop();
    await this.#io.close();
    this.#http.closeAllConnections();
    this.#chat.close();
  }
}

function logBeside(database: string): Log {
  return database === ":memory:"
    ? memoryLog()
    : fileLog(database.replace(/(\.db)?$/, ".messages.db"));
}

function listen(http: HttpServer, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, () => {
      http.off("error", reject);
      resolve();
    });
  });
}
