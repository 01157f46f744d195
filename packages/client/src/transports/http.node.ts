import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { Agent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { nodeOptions } from "./options.node.ts";
import { Polling } from "./polling.ts";
import type { RequestDone } from "./polling.ts";

/** What `context` of a polling error holds in Node.js: the fields of an `XMLHttpRequest` that tell something. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly responseText: string;
  /** Why no answer came. */
  readonly error?: Error;
}

/** HTTP long-polling with node:http and node:https. */
export class NodeXHR extends Polling {
  // Of its own: an idle socket in the agent that all share would keep the server from closing for seconds.
  #agent: Agent | undefined;
  #requests = 0;

  protected request(url: string, body: string | undefined, done: RequestDone): () => void {
    const { secure, requestTimeout, autoUnref, cookieJar } = this.opts;
    const headers: OutgoingHttpHeaders = { Accept: "*/*", ...this.opts.extraHeaders };
    if (body !== undefined) {
      headers["Content-Type"] = "text/plain;charset=UTF-8";
      headers["Content-Length"] = Buffer.byteLength(body);
    }
    const cookies = cookieJar?.header();
    if (cookies) headers["Cookie"] = cookies;

    let over = false;
    const finish = () => {
      over = true;
      this.#requests--;
      // Behind `done`, which may ask for more.
      queueMicrotask(() => this.#rest());
    };
    const end = (answer: HttpAnswer) => {
      if (over) return;
      finish();
      done(answer.status, answer.responseText, answer);
    };
    const lost = (error: Error) =>
      end({ status: 0, statusText: "", responseText: String(error), error });
    this.#agent ??= secure
      ? new HttpsAgent({ keepAlive: true })
      : new HttpAgent({ keepAlive: true });
    const req = (secure ? httpsRequest : httpRequest)(url, {
      agent: this.#agent,
      ...nodeOptions(this.opts),
      method: body === undefined ? "GET" : "POST",
      headers,
    });
    req.on("response", (response) => {
      cookieJar?.store(response.headers["set-cookie"] ?? []);
      read(response, lost, end);
    });
    req.on("error", lost);
    if (requestTimeout) req.setTimeout(requestTimeout, () => req.destroy(new Error("timeout")));
    if (autoUnref) req.on("socket", (socket) => socket.unref());
    req.end(body);
    this.#requests++;
    return () => {
      if (!over) finish();
      req.destroy();
    };
  }

  /** Lets idle sockets go when nothing more will be asked: closed, or paused for an upgrade. */
  #rest(): void {
    if (this.#requests === 0 && this.state !== "open" && this.state !== "opening") {
      this.#agent?.destroy();
    }
  }
}

function read(
  response: IncomingMessage,
  lost: (error: Error) => void,
  end: (answer: HttpAnswer) => void,
): void {
  let responseText = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    responseText += chunk;
  });
  response.on("error", lost);
  response.on("end", () => {
    const { statusCode: status = 0, statusMessage: statusText = "" } = response;
    end({ status, statusText, responseText });
  });
}
