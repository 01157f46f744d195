// A reader of Server-Sent Events as the HTML standard has it: fields, blank lines, last event id.
import { request } from "node:http";
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { readMarks } from "./plain-client.ts";
import { until, waitMs, within } from "./wait.ts";
import type { Plain } from "./plain-client.ts";

export class SseClient {
  status = 0;
  headers: IncomingHttpHeaders = {};
  /** Every message so far, and what was said of the stream besides. */
  readonly messages: Plain[] = [];
  comments = 0;
  /** Characters that have come, heartbeats and all. */
  bytes = 0;
  retryMs: number | undefined;
  lastEventId = "";
  /** The body of an answer that is no stream. */
  body = "";
  closed = false;
  readonly #request: ClientRequest;
  #rest = "";
  #data: string[] = [];
  /** Counts when the event is complete: one that is cut must come again. */
  #id: string | undefined;
  #onMessage: ((message: Plain) => void) | undefined;

  private constructor(request_: ClientRequest) {
    this.#request = request_;
  }

  /** Resolves when the head of the answer has come. `path` has the query. */
  static async open(
    url: string,
    path: string,
    headers: Record<string, string> = {},
    onMessage?: (message: Plain) => void,
  ): Promise<SseClient> {
    const { hostname, port } = new URL(url);
    const outgoing = request({ agent: false, hostname, port, path, headers });
    const client = new SseClient(outgoing);
    client.#onMessage = onMessage;
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on("response", resolve);
      outgoing.on("error", reject);
    });
    outgoing.on("error", () => (client.closed = true));
    outgoing.on("close", () => (client.closed = true));
    outgoing.end();
    const incoming = await within(`an answer to GET ${path}`, answered);
    client.#read(incoming);
    return client;
  }

  /** The arguments of every event of that name so far. */
  heard(event: string): unknown[][] {
    return this.messages
      .filter((message) => message["event"] === event)
      .map(({ data }) => (data ?? []) as unknown[]);
  }

  async message(what: string, matches: (it: Plain) => boolean, ms = waitMs): Promise<Plain> {
    let found: Plain | undefined;
    await until(
      what,
      () => {
        found = this.messages.find(matches);
        return found !== undefined || this.closed;
      },
      ms,
    );
    if (found === undefined) throw new Error(`the stream ended before: ${what}; ${this.body}`);
    return found;
  }

  close(): void {
    this.#request.destroy();
  }

  #read(incoming: IncomingMessage): void {
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    const isStream = (incoming.headers["content-type"] ?? "").startsWith("text/event-stream");
    incoming.setEncoding("utf8");
    incoming.on("data", (chunk: string) => {
      if (isStream) this.#lines(chunk);
      else this.body += chunk;
    });
    incoming.on("error", () => (this.closed = true));
    incoming.on("close", () => (this.closed = true));
  }

  #lines(chunk: string): void {
    this.bytes += chunk.length;
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() as string;
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === "") {
      const data = this.#data.join("\n");
      this.#data = [];
      if (this.#id !== undefined) this.lastEventId = this.#id;
      if (data === "") return;
      const message = JSON.parse(data) as Plain;
      if (message["data"] !== undefined) {
        const bytes = (text: string): Buffer => Buffer.from(text, "base64");
        message["data"] = readMarks(message["data"], "$base64", bytes);
      }
      this.messages.push(message);
      this.#onMessage?.(message);
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) as unknown as [string, string, string];
    if (field === "") this.comments++;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
    else if (field === "retry") this.retryMs = Number(value);
    else throw new Error(`a field that was not agreed on: ${line}`);
  }
}
