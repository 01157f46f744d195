import type { IncomingMessage } from "node:http";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Connection } from "./connection.ts";
import { requestErrors } from "./errors.ts";
import type { RequestErrorName } from "./errors.ts";
import type { Gate } from "./http/gate.ts";
import { runMiddlewares } from "./http/middleware.ts";
import type { Middleware } from "./http/middleware.ts";
import { hasInvalidCharacters, isAllowedByCors, isSameOrigin, originHint } from "./http/origin.ts";
import { parseQuery } from "./http/query.ts";
import type { Query } from "./http/query.ts";
import type { RefusalBody } from "./http/reply.ts";
import type { ResolvedOptions } from "./options.ts";
import { warnOnce } from "./warn.ts";

/** Details of a refusal, for `connection_error`. */
export type RefusalContext = Record<string, unknown>;

/** What admission asks of the server, and where it leads. */
export interface AdmissionServices {
  readonly options: ResolvedOptions;
  readonly middlewares: readonly Middleware[];
  readonly wheel: TimingWheel;
  readonly admissionTimeoutMs: number;
  /** False once the server is closing. */
  readonly admitting: boolean;
  find(id: string): Connection | undefined;
  generateId(request: IncomingMessage): string | PromiseLike<string>;
  onRefused(
    request: IncomingMessage,
    name: RequestErrorName,
    message: string,
    context: RefusalContext,
  ): void;
}

/**
 * Where requests go that are let in. It is called once, or not at all when the request is refused or the client left.
 * `pass` is what was given with the request.
 */
export interface AdmissionOutcome<Pass> {
  /** A new session with this id. */
  onHandshake(pass: Pass, id: string, query: Query): void;
}

interface RequestWithQuery extends IncomingMessage {
  /** Read by middlewares and add-ons written for Engine.IO. */
  _query?: Query;
}

/**
 * One request on its way in, in whatever language: middlewares, what its protocol demands, origin, `allowRequest`, session
 * id. Middlewares, `allowRequest` and `generateId` may take their time, but not for ever; what they do after that is
 * ignored.
 */
export abstract class Admission<
  Pass,
  Outcome extends AdmissionOutcome<Pass> = AdmissionOutcome<Pass>,
> extends WheelEntry {
  protected readonly services: AdmissionServices;
  protected readonly request: RequestWithQuery;
  protected readonly gate: Gate;
  protected readonly outcome: Outcome;
  protected readonly pass: Pass;
  protected readonly query: Query;
  private settled = false;

  constructor(services: AdmissionServices, gate: Gate, outcome: Outcome, pass: Pass) {
    super();
    const { request } = gate;
    this.services = services;
    this.request = request;
    this.gate = gate;
    this.outcome = outcome;
    this.pass = pass;
    this.query = parseQuery(request.url);
    this.request._query = this.query;
  }

  /** Starts; the outcome may be called before this returns. */
  start(): void {
    const { services, request, gate } = this;
    if (services.middlewares.length === 0) this.check();
    else {
      runMiddlewares(services.middlewares, request, gate.response(), (error) => {
        if (this.settled) return;
        if (error === undefined) this.check();
        else this.refuse("BAD_REQUEST", { name: "MIDDLEWARE_FAILURE", error });
      });
    }
    if (this.settled) return;
    services.wheel.schedule(this, services.admissionTimeoutMs);
    gate.whenOver(() => this.settle());
  }

  /** Somebody took too long. */
  override onExpire(): void {
    if (this.gate.over) this.settle();
    else this.refuse("BAD_REQUEST", { name: "ADMISSION_TIMEOUT" });
  }

  /** Refuses what its protocol forbids, and goes on with `checkNew`, or another way. */
  protected abstract check(): void;

  /** Refuses an origin that no header may have; whether it is readable. */
  protected checkOrigin(): boolean {
    const { headers } = this.request;
    const { origin } = headers;
    if (origin === undefined || !hasInvalidCharacters(origin)) return true;
    delete headers.origin;
    this.refuse("BAD_REQUEST", { name: "INVALID_ORIGIN", origin });
    return false;
  }

  /** A new session is asked for. */
  protected checkNew(): void {
    const { services, request } = this;
    const { allowRequest } = services.options;
    if (!services.admitting) {
      this.refuse("BAD_REQUEST", { name: "SERVER_CLOSING" }, { status: 503 });
    } else if (allowRequest !== undefined) {
      allowRequest(request, (message, success) => this.onDecision(message, success));
    } else if (this.isOriginAllowed()) this.identify();
    else this.refuseOrigin();
  }

  private onDecision(message: string | null | undefined, success: boolean): void {
    if (this.settled) return;
    if (success) this.identify();
    else {
      const text = message || requestErrors.FORBIDDEN.message;
      this.refuse("FORBIDDEN", { message }, { message: text });
    }
  }

  private identify(): void {
    let id: string | PromiseLike<string>;
    try {
      id = this.services.generateId(this.request);
    } catch (error) {
      this.onIdError(error);
      return;
    }
    if (typeof id === "string") this.onId(id);
    else {
      Promise.resolve(id).then(
        (made) => this.onId(made),
        (error: unknown) => this.onIdError(error),
      );
    }
  }

  private onId(id: string): void {
    if (typeof id !== "string" || id === "") this.onIdError(new TypeError("the id is no string"));
    else if (this.services.find(id) !== undefined) this.onIdError(new Error("the id is in use"));
    else if (this.settle()) this.outcome.onHandshake(this.pass, id, this.query);
  }

  private onIdError(error: unknown): void {
    this.refuse("BAD_REQUEST", { name: "ID_GENERATION_ERROR", error });
  }

  protected isOriginAllowed(): boolean {
    const { headers } = this.request;
    if (isSameOrigin(headers)) return true;
    return isAllowedByCors(
      headers.origin as string,
      this.gate.header("access-control-allow-origin"),
    );
  }

  protected refuseOrigin(): void {
    const { headers } = this.request;
    const hint = originHint(headers);
    if (process.env["NODE_ENV"] !== "production") warnOnce("HAWSER_ORIGIN_REFUSED", hint);
    const context = { name: "FOREIGN_ORIGIN", origin: headers.origin, host: headers.host, hint };
    this.refuse("FORBIDDEN", context, { hint });
  }

  protected refuse(
    name: RequestErrorName,
    context: RefusalContext,
    answer: { status?: number; message?: string; hint?: string } = {},
  ): void {
    if (!this.settle()) return;
    const { code, status, message } = requestErrors[name];
    const body: RefusalBody = { code, message: answer.message ?? message };
    if (answer.hint !== undefined) body.hint = answer.hint;
    this.services.onRefused(this.request, name, message, context);
    this.gate.refuse(answer.status ?? status, body);
  }

  /** Ends the admission; false when it had ended, or nobody waits for it any more. */
  protected settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.services.wheel.cancel(this);
    return !this.gate.over;
  }
}
