import { textOf } from "../errors.ts";
import { withBytes, withoutBytes } from "../terminal/values.ts";
import { durationMs } from "./config/duration.ts";
import { signedPost } from "./signed-post.ts";
import type { Socket } from "hawser";
import type { WebhookRule } from "./config/types.ts";
import type { Logger } from "./logger.ts";

/** Requests to the backend at a time; beyond, the client is told that the backend is busy. */
const inFlightMax = 256;

/** Hands events of clients to the backend, whose answer is the acknowledgement. */
export class Webhooks {
  readonly #rules: readonly WebhookRule[];
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  #inFlight = 0;

  constructor(rules: readonly WebhookRule[], signal: AbortSignal, log: Logger) {
    this.#rules = rules;
    this.#signal = signal;
    this.#log = log;
  }

  /** `taken`: events that are answered otherwise, which `*` does not mean. */
  serve(socket: Socket, user: string | undefined, taken: ReadonlySet<string>): void {
    for (const rule of this.#rules) {
      for (const event of rule.events) {
        if (event === "*") this.#serveOthers(socket, user, rule, taken);
        else
          socket.on(event, (...args: unknown[]) => this.#handle(socket, user, rule, event, args));
      }
    }
  }

  #serveOthers(
    socket: Socket,
    user: string | undefined,
    rule: WebhookRule,
    taken: ReadonlySet<string>,
  ): void {
    const named = new Set(this.#rules.flatMap((it) => it.events));
    socket.onAny((event: string, ...args: unknown[]) => {
      if (!taken.has(event) && !named.has(event))
        void this.#handle(socket, user, rule, event, args);
    });
  }

  async #handle(
    socket: Socket,
    user: string | undefined,
    rule: WebhookRule,
    event: string,
    args: unknown[],
  ): Promise<unknown> {
    const last = args.at(-1);
    const answer =
      typeof last === "function" ? (args.pop() as (...data: unknown[]) => void) : undefined;
    const data = await this.#ask(socket, user, rule, event, args);
    answer?.(...data);
    return data[0];
  }

  async #ask(
    socket: Socket,
    user: string | undefined,
    { url, secret, timeout, retries }: WebhookRule,
    event: string,
    args: unknown[],
  ): Promise<unknown[]> {
    if (this.#inFlight >= inFlightMax) return failure("BACKEND_BUSY", "the backend is busy");
    this.#inFlight += 1;
    const settings = { url, secret, retries, timeoutMs: durationMs(timeout), signal: this.#signal };
    const { id, nsp, data } = socket;
    const about = { id, namespace: nsp.name, user, data: data as unknown };
    try {
      const { status, body } = await signedPost(settings, {
        event,
        data: withoutBytes(args),
        socket: about,
      });
      if (status >= 300) {
        this.#log.warn("webhook refused", { event, url, status });
        return failure("BACKEND_REFUSED", `the backend answered ${status}`);
      }
      const { ack } = (body ?? {}) as { ack?: unknown };
      return Array.isArray(ack) ? ack.map(withBytes) : [];
    } catch (error) {
      this.#log.error("webhook failed", { event, url, error: textOf(error) });
      return failure("BACKEND_FAILED", "the backend did not answer");
    } finally {
      this.#inFlight -= 1;
    }
  }
}

const failure = (code: string, message: string): unknown[] => [{ error: { code, message } }];
