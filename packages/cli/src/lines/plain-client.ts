import { PlainDecoder, PlainError, encodePlain } from "@hawser/protocol";
import { WebSocket } from "@hawser/websocket";
import type { PlainReply, PlainRequest } from "@hawser/protocol";
import type { ClientOptions } from "@hawser/websocket";

/** How a form of the plain dialect is read and written. */
export interface PlainForm {
  readonly protocol: string;
  /** The frames of a message: text, or bytes. */
  write(message: PlainRequest): (string | Uint8Array)[];
  /** The message of a frame; undefined while more frames belong to it. @throws PlainError */
  read(frame: Buffer, isBinary: boolean): PlainReply | undefined;
}

export interface PlainClientHandler {
  /** The websocket is open; the namespace is not entered yet. */
  onSocket(protocol: string): void;
  onMessage(message: PlainReply): void;
  /** What the server said that is no message of the dialect. */
  onMalformed(error: PlainError): void;
  /** `retry`: as the server wants it; see the close codes of docs/protocol/plain.md. */
  onClose(about: { code: number; text: string; retry: number | false | undefined }): void;
  /** The handshake was answered with HTTP. */
  onHttp(status: number, body: string): void;
}

/** JSON in text frames, with binary in frames behind. */
export function jsonForm(): PlainForm {
  const decoder = new PlainDecoder("server");
  return {
    protocol: "hawser.v1.json",
    write(message) {
      const { text, attachments } = encodePlain(message);
      return [text, ...(attachments as Uint8Array[])];
    },
    read: (frame, isBinary) =>
      isBinary ? decoder.decodeBinary(frame) : decoder.decodeText(frame.toString("utf8")),
  };
}

const bodyCharactersMax = 4_096;

/** A WebSocket that speaks the plain dialect. */
export class PlainClient {
  readonly #form: PlainForm;
  readonly #handler: PlainClientHandler;
  readonly #socket: WebSocket;
  #error: Error | undefined;
  #isRefused = false;

  constructor(
    url: URL,
    options: ClientOptions,
    form: PlainForm,
    protocols: readonly string[],
    handler: PlainClientHandler,
  ) {
    this.#form = form;
    this.#handler = handler;
    this.#socket = new WebSocket(url, [form.protocol, ...protocols], options);
    this.#listen();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: PlainRequest): void {
    for (const frame of this.#form.write(message)) this.#socket.send(frame as string);
  }

  /** Resolves when the line is closed. */
  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((done) => {
      socket.once("close", () => done());
      socket.close(1000);
    });
  }

  #listen(): void {
    const socket = this.#socket;
    const handler = this.#handler;
    socket.on("open", () => handler.onSocket(socket.protocol));
    socket.on("message", (data, isBinary) => this.#onFrame(data as Buffer, isBinary));
    socket.on("error", (error) => (this.#error = error));
    socket.on("unexpected-response", (request, response) => {
      this.#isRefused = true;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body = (body + chunk).slice(0, bodyCharactersMax)));
      response.on("close", () => {
        request.destroy();
        handler.onHttp(response.statusCode ?? 0, body.trim());
      });
    });
    socket.on("close", (code, reason) => {
      if (this.#isRefused) return;
      handler.onClose({ code, ...wordsOf(code, reason.toString("utf8"), this.#error) });
    });
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    let message: PlainReply | undefined;
    try {
      message = this.#form.read(data, isBinary);
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      this.#handler.onMalformed(error);
      return;
    }
    if (message !== undefined) this.#handler.onMessage(message);
  }
}

/** What a close says: its reason is `{"code","retry"}`, where the server had the time for one. */
function wordsOf(
  code: number,
  reason: string,
  error: Error | undefined,
): { text: string; retry: number | false | undefined } {
  let said: { code?: unknown; retry?: unknown } = {};
  try {
    said = JSON.parse(reason) as typeof said;
  } catch {
    // A proxy, or another server.
  }
  const name = typeof said?.code === "string" ? said.code : reason;
  const retry = said?.retry;
  const cause =
    error !== undefined && code === 1006 ? error.message : `closed ${code} ${name}`.trim();
  const isTold = retry === false || (typeof retry === "number" && retry >= 0);
  return { text: cause, retry: isTold ? retry : code === 1000 ? false : undefined };
}
