import { createHash } from "node:crypto";
import { boundUnreadBody } from "@hawser/engine/internal";
import { parseBody, readBody } from "./body.ts";
import { IdempotencyStore } from "./idempotency.ts";
import { KeySource } from "./key-source.ts";
import { isFromThisMachine } from "./loopback.ts";
import { openApiDocument } from "./openapi.ts";
import { Problem } from "./problem.ts";
import { RateLimit } from "./rate.ts";
import { makeRoutes } from "./routes.ts";
import { makeSchemas } from "./schemas.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnyServer } from "../../erased.ts";
import type { ApiKey } from "./api-key.ts";
import type { Answer } from "./idempotency.ts";
import type { ResolvedPublish } from "./options.ts";
import type { Place } from "./paths.ts";
import type { Route } from "./routes.ts";

const idempotencyPattern = /^[\u0021-\u007e]{1,255}$/;

/** Answers the requests of other backends. */
export class PublishService {
  private readonly options: ResolvedPublish;
  private readonly keys: KeySource | undefined;
  private readonly rate: RateLimit | undefined;
  private readonly store: IdempotencyStore;
  private readonly routes: Map<string, Route[]> = new Map();

  constructor(server: AnyServer, options: ResolvedPublish) {
    const { path, keys, rate, limits } = options;
    this.options = options;
    this.keys = keys === undefined ? undefined : new KeySource(keys, limits);
    this.rate = rate === undefined ? undefined : new RateLimit(rate);
    this.store = new IdempotencyStore(limits);
    const schemas = makeSchemas(limits);
    let document: unknown;
    const made = (): unknown => (document ??= openApiDocument(schemas, path));
    for (const route of makeRoutes(server, schemas, made)) {
      this.routes.set(route.path, [...(this.routes.get(route.path) ?? []), route]);
    }
  }

  /** Answers a request to a place that is ours. Does not reject. */
  async handle(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
    try {
      await this.answer(request, response, place);
    } catch (error) {
      refuse(response, toProblem(error));
    }
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    place: Place,
  ): Promise<void> {
    const routes = this.routes.get(place.path)!;
    const allow = allowedOf(routes);
    if (request.method === "OPTIONS") {
      response.writeHead(204, { Allow: allow }).end();
      boundUnreadBody(request);
      return;
    }
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = routes.find((it) => it.method === method);
    if (route === undefined) throw new Problem("METHOD_NOT_ALLOWED", { allow });
    const key = await this.admit(request);
    const charge = (count: number): void => this.rate?.take(key?.id ?? "", count);
    charge(1);
    const call = { key, name: decoded(place.part), query: queryOf(request.url!), charge };
    if (route.method === "GET") {
      boundUnreadBody(request);
      const answer = await this.inTime(answerOf(() => route.run({ ...call, body: undefined })));
      send(response, answer, {});
      return;
    }
    const body = await readBody(request, this.options.limits);
    const { answer, replayed } = this.once(request, key, body, () =>
      route.run({ ...call, body: parseBody(body, this.options.limits) }),
    );
    send(response, await this.inTime(answer), replayed ? { "Idempotency-Replayed": "true" } : {});
  }

  /** Who asks. @throws Problem when nobody that is known */
  private async admit(request: IncomingMessage): Promise<ApiKey | undefined> {
    if (this.keys === undefined) {
      if (isFromThisMachine(request)) return undefined;
      throw new Problem("KEY_NEEDED");
    }
    const ring = await this.keys.current();
    const key = ring.find(request.headers.authorization, Date.now());
    // The same whatever is wrong with it: who guesses learns nothing.
    if (key === undefined) throw new Problem("UNAUTHORIZED");
    return key;
  }

  private once(
    request: IncomingMessage,
    key: ApiKey | undefined,
    body: Buffer,
    run: () => unknown,
  ): { readonly answer: Promise<Answer>; readonly replayed: boolean } {
    const header = request.headers["idempotency-key"];
    const act = (): Promise<Answer> => answerOf(run);
    if (header === undefined) return { answer: act(), replayed: false };
    if (typeof header !== "string" || !idempotencyPattern.test(header)) {
      throw new Problem("IDEMPOTENCY_INVALID");
    }
    const hash = createHash("sha256").update(`${request.url}\n`).update(body).digest("base64");
    return this.store.once(`${key?.id ?? ""} ${header}`, hash, act);
  }

  /** What takes too long goes on; its answer is kept when the request has an `Idempotency-Key`. */
  private inTime(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { answerTimeoutMs } = this.options.limits;
      const timer = setTimeout(() => reject(new Problem("TIMEOUT")), answerTimeoutMs);
      timer.unref();
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

/** The answer of what a route gives or throws. */
async function answerOf(run: () => unknown): Promise<Answer> {
  try {
    return { status: 200, body: JSON.stringify(await run()) };
  } catch (error) {
    const problem = toProblem(error);
    return { status: problem.status, body: JSON.stringify(problem.body()), problem };
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  process.emitWarning(error instanceof Error ? error : String(error));
  return new Problem("INTERNAL");
}

function refuse(response: ServerResponse, problem: Problem): void {
  const { status } = problem;
  send(response, { status, body: JSON.stringify(problem.body()), problem }, {});
}

function send(
  response: ServerResponse,
  { status, body, problem }: Answer,
  more: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const headers: Record<string, string | number> = {
    "Content-Type": problem === undefined ? "application/json" : "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...more,
  };
  if (problem !== undefined) Object.assign(headers, headersOf(problem));
  response.writeHead(status, headers).end(response.req.method === "HEAD" ? undefined : body);
  boundUnreadBody(response.req);
}

function headersOf({ status, details }: Problem): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401) headers["WWW-Authenticate"] = 'Bearer realm="hawser"';
  if (details.allow !== undefined) headers["Allow"] = details.allow;
  if (details.retryAfterMs !== undefined) {
    headers["Retry-After"] = String(Math.max(1, Math.ceil(details.retryAfterMs / 1_000)));
  }
  // Of a body that was not read to its end nothing more is wanted.
  if (status === 408 || status === 413) headers["Connection"] = "close";
  return headers;
}

function allowedOf(routes: readonly Route[]): string {
  const methods = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...methods, "OPTIONS"].join(", ");
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Problem("FIELD_INVALID", { detail: "the path is not percent-encoded UTF-8" });
  }
}

/** @throws Problem for a name that is there twice */
function queryOf(url: string): Record<string, string> {
  const at = url.indexOf("?");
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  if (at === -1) return query;
  for (const [name, value] of new URLSearchParams(url.slice(at + 1).replace(/#.*$/, ""))) {
    if (name in query)
      throw new Problem("FIELD_INVALID", { at: `?${name}`, detail: "it is there twice" });
    query[name] = value;
  }
  return query;
}
