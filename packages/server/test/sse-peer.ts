import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { afterEach } from "vitest";
import { Server } from "../src/server.ts";
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerOptions } from "../src/options.ts";
import type { SubscribePermission } from "../src/dialects/options.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) await next();
});

/** A server with Server-Sent Events on a port of its own, until the test is over. */
export async function startSse(
  options: Partial<ServerOptions> = {},
  subscribe: SubscribePermission | null = () => true,
): Promise<{ io: Server; port: number }> {
  const http = createServer((_request, response) => response.writeHead(404).end("other"));
  const io = new Server(http, { sse: true, subscribe: subscribe ?? undefined, ...options });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  cleanups.push(() => {
    http.closeAllConnections();
    return io.close();
  });
  return { io, port: (http.address() as AddressInfo).port };
}

/** One event of a stream. */
export interface SseBlock {
  readonly id?: string;
  readonly retry?: string;
  readonly data?: string;
}

/** A client that reads a stream as a browser does: what it was told last goes out with the next request. */
export class SsePeer {
  readonly port: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  lastEventId = "";
  /** All events with data, as objects. */
  readonly heard: Record<string, unknown>[] = [];
  readonly blocks: SseBlock[] = [];
  comments = 0;
  status = 0;
  answer: IncomingHttpHeaders = {};
  /** The body of a refusal. */
  refusal = "";
  private request: ClientRequest | undefined = undefined;
  private response: IncomingMessage | undefined = undefined;
  private rest = "";
  private waiting: (() => void)[] = [];
  private ended = true;

  constructor(port: number, query = "", headers: Record<string, string> = {}) {
    this.port = port;
    this.path = `/hawser/sse${query}`;
    this.headers = headers;
    cleanups.push(() => this.cut());
  }

  /** Opens a line, with the id of what it had last; ends when the head of the answer is there. */
  async open(method = "GET"): Promise<this> {
    const headers = { ...this.headers };
    if (this.lastEventId !== "") headers["last-event-id"] = this.lastEventId;
    const { port, path } = this;
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false });
    this.request = request;
    this.ended = false;
    this.rest = "";
    request.on("error", () => this.end());
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    this.response = response;
    this.status = response.statusCode ?? 0;
    this.answer = response.headers;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.read(text));
    response.on("error", () => {});
    response.on("close", () => this.end());
    return this;
  }

  /** The line breaks. */
  cut(): void {
    this.request?.destroy();
  }

  pause(): void {
    this.response?.pause();
  }

  resume(): void {
    this.response?.resume();
  }

  /** Waits until something holds that what is read may change. */
  async until(holds: () => boolean): Promise<this> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this;
  }

  /** Waits for so many events in all. */
  hears(count: number): Promise<this> {
    return this.until(() => this.events.length >= count);
  }

  async over(): Promise<this> {
    return this.until(() => this.ended);
  }

  /** Names and arguments of the events. */
  get events(): unknown[][] {
    const isEvent = (each: Record<string, unknown>): boolean => each["event"] !== undefined;
    return this.heard
      .filter(isEvent)
      .map(({ event, data }) => [event, ...((data as unknown[] | undefined) ?? [])]);
  }

  get resets(): unknown[] {
    return this.heard.flatMap(({ reset }) => (reset === undefined ? [] : [reset]));
  }

  private read(text: string): void {
    if (this.status !== 200) {
      this.refusal += text;
      return;
    }
    this.rest += text;
    for (;;) {
      const end = this.rest.indexOf("\n\n");
      if (end === -1) break;
      this.take(this.rest.slice(0, end));
      this.rest = this.rest.slice(end + 2);
    }
    this.tell();
  }

  private take(text: string): void {
    const block: Record<string, string> = {};
    for (const line of text.split("\n")) {
      const colon = line.indexOf(":");
      if (colon === 0) this.comments++;
      else block[line.slice(0, colon)] = line.slice(colon + 2);
    }
    if (block["id"] !== undefined) this.lastEventId = block["id"];
    if (Object.keys(block).length > 0) this.blocks.push(block);
    if (block["data"] !== undefined) this.heard.push(JSON.parse(block["data"]) as never);
  }

  private end(): void {
    this.ended = true;
    this.tell();
  }

  private tell(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}
