import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { CliError, textOf } from "../errors.ts";
import { withBytes } from "../terminal/values.ts";
import { SseReader } from "./sse-reader.ts";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Line, LineHandler, LineOptions } from "./line.ts";

/** Server-Sent Events: it hears only. After a loss it goes on behind the last position. */
export class SseLine implements Line {
  readonly #options: LineOptions;
  readonly #handler: LineHandler;
  #request: ClientRequest | undefined;
  #position = "";
  #retry: number | undefined;

  constructor(options: LineOptions, handler: LineHandler) {
    this.#options = options;
    this.#handler = handler;
  }

  open(): void {
    const { headers, token, insecure, agent } = this.#options;
    const url = this.#address();
    const make = url.protocol === "https:" ? httpsRequest : httpRequest;
    let isOver = false;
    const lose = (reason: string, refused = false): void => {
      if (isOver || this.#request === undefined) return;
      isOver = true;
      this.#handler.onLoss({ reason, refused, retry: this.#retry });
    };
    const request = make(url, {
      headers: {
        Accept: "text/event-stream",
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(this.#position !== "" && { "Last-Event-ID": this.#position }),
        ...headers,
      },
      ...(insecure && { rejectUnauthorized: false }),
      ...(agent !== undefined && { agent }),
    } as object);
    this.#request = request;
    request.on("error", (error) => lose(textOf(error)));
    request.on("response", (response) => {
      if (response.statusCode === 200) this.#read(response, lose);
      else void this.#refuse(response, lose);
    });
    request.end();
  }

  emit(): void {
    throw new CliError(
      "usage",
      "Server-Sent Events only listen; use `hawser publish` to say something",
    );
  }

  subscribe(): void {
    throw new CliError("usage", "rooms of Server-Sent Events are given with --room");
  }

  command(): boolean {
    return false;
  }

  async close(): Promise<void> {
    const request = this.#request;
    this.#request = undefined;
    request?.destroy();
  }

  #address(): URL {
    const { url, rooms, namespace, auth } = this.#options;
    const result = new URL(url);
    for (const room of rooms) result.searchParams.append("room", room);
    if (namespace !== "/") result.searchParams.set("namespace", namespace);
    for (const [name, value] of Object.entries(auth ?? {})) {
      result.searchParams.set(name, typeof value === "string" ? value : JSON.stringify(value));
    }
    return result;
  }

  #read(response: IncomingMessage, lose: (reason: string) => void): void {
    const reader = new SseReader({
      onMessage: (data, id) => this.#onMessage(data, id),
      onPosition: (id) => (this.#position = id),
      onRetry: (ms) => (this.#retry = ms),
    });
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => reader.read(chunk));
    response.on("error", (error) => lose(textOf(error)));
    response.on("close", () => lose("the server has ended the stream"));
  }

  async #refuse(
    response: IncomingMessage,
    lose: (reason: string, no: boolean) => void,
  ): Promise<void> {
    const status = response.statusCode ?? 0;
    let body = "";
    response.setEncoding("utf8");
    try {
      for await (const chunk of response) if (body.length < 4_096) body += String(chunk);
    } catch {
      // What has come is shown.
    }
    lose(`HTTP ${status}${body === "" ? "" : ` ${body.trim()}`}`, status >= 400 && status < 500);
  }

  #onMessage(data: string, position: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(data) as Record<string, unknown>;
    } catch {
      this.#handler.onEvent("message", [data], { position });
      return;
    }
    if (typeof message["event"] === "string") {
      const args = (message["data"] ?? []) as unknown[];
      this.#handler.onEvent(message["event"], args.map(withBytes), { position });
    } else if (message["connected"] !== undefined) {
      const { id } = message["connected"] as { id?: string };
      this.#handler.onOpen({ id, over: "sse" });
    } else {
      const [type = "message"] = Object.keys(message);
      const isBad = type === "error" || type === "reset";
      this.#handler.onNotice(type, `${type} ${JSON.stringify(message[type])}`, message, isBad);
    }
  }
}
