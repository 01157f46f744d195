import { WebSocket } from "@hawser/websocket";
import { CliError, textOf } from "../errors.ts";
import { websocketOptions } from "./websocket-options.ts";
import type { Line, LineHandler, LineOptions } from "./line.ts";

/** A bare WebSocket: text and bytes, nothing else. An event `message` is one frame. */
export class RawLine implements Line {
  readonly #options: LineOptions;
  readonly #handler: LineHandler;
  #socket: WebSocket | undefined;
  #error: unknown;
  #status: number | undefined;
  #isClosing = false;

  constructor(options: LineOptions, handler: LineHandler) {
    this.#options = options;
    this.#handler = handler;
  }

  open(): void {
    this.#error = undefined;
    this.#status = undefined;
    const { url, protocols } = this.#options;
    const socket = new WebSocket(url, protocols, websocketOptions(this.#options));
    this.#socket = socket;
    socket.on("open", () =>
      this.#handler.onOpen({
        over: socket.protocol === "" ? "websocket" : `websocket, ${socket.protocol}`,
      }),
    );
    socket.on("message", (data, isBinary) => {
      const bytes = data as Buffer;
      this.#handler.onEvent("message", [isBinary ? bytes : bytes.toString("utf8")], {});
    });
    socket.on("pong", (data) =>
      this.#handler.onNotice("pong", `pong ${data.toString("utf8")}`, {
        data: data.toString("utf8"),
      }),
    );
    socket.on("unexpected-response", (request, response) => {
      this.#status = response.statusCode;
      request.destroy();
    });
    socket.on("error", (error) => (this.#error = error));
    socket.on("close", (code, reason) => this.#onClose(code, reason.toString("utf8")));
  }

  emit(event: string, data: unknown[], onAck?: (data: unknown[]) => void): void {
    if (onAck) throw new CliError("usage", "a bare WebSocket has no acknowledgements");
    const value = data[0];
    if (event !== "message" || data.length !== 1) {
      throw new CliError("usage", "a bare WebSocket sends one text or one binary message");
    }
    if (this.#socket?.readyState !== WebSocket.OPEN) throw new CliError("lost", "there is no line");
    this.#socket.send(ArrayBuffer.isView(value) ? (value as Buffer) : String(value));
  }

  subscribe(): void {
    throw new CliError("usage", "a bare WebSocket has no rooms");
  }

  command(name: string, words: string[]): boolean {
    if (name === "ping") this.#socket?.ping(words.join(" "));
    else if (name === "binary") {
      const text = words.join("");
      if (!/^(?:[\da-f]{2})*$/i.test(text))
        throw new CliError("usage", "/binary takes hex: /binary 01ff");
      this.emit("message", [Buffer.from(text, "hex")]);
    } else if (name === "close")
      this.#socket?.close(Number(words[0] ?? 1000), words.slice(1).join(" "));
    else return false;
    return true;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((done) => {
      socket.once("close", () => done());
      socket.close(1000);
    });
  }

  #onClose(code: number, reason: string): void {
    if (this.#isClosing) return;
    const status = this.#status;
    if (status !== undefined) {
      this.#handler.onLoss({ reason: `HTTP ${status}`, refused: status < 500 });
      return;
    }
    const text = this.#error === undefined ? "" : textOf(this.#error);
    const because = text || `closed ${code}${reason === "" ? "" : `: ${reason}`}`;
    this.#handler.onLoss({
      reason: because,
      refused: code === 1008,
      clean: code === 1000,
      retry: retryOf(code),
    });
  }
}

/** What was closed on purpose is not come back to. */
function retryOf(code: number): false | undefined {
  return code === 1000 || code === 1008 ? false : undefined;
}
