import type { IncomingMessage } from "node:http";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Connection } from "./connection.ts";
import { requestErrors } from "./errors.ts";
import type { RequestErrorName } from "./errors.ts";
import type { Gate } from "./http/gate.ts";
import { runMiddlewares } from "./http/middleware.ts";
import type { Middleware } from "./http/middleware.ts";
import { claimJsonpOrigin } from "./http/jsonp-origin.ts";
import { hasInvalidCharacters, isAllowedByCors, isSameOrigin, originHint } from "./http/origin.ts";
import { parseQuery } from "./http/query.ts";
import type { Query } from "./http/query.ts";
import type { RefusalBody } from "./http/reply.ts";
import type { ResolvedOptions } from "./options.ts";
import { revisionOf } from "./revision.ts";
import type { TransportName } from "./transport.ts";
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
 * Where requests go that are let in. Exactly one is called, or none when it is refused or the client left. `pass` is what
 * was given with the request.
 */
export interface AdmissionOutcome<Pass> {
  /** A request of a session that there is. */
  onExisting(pass: Pass, connection: Connection, query: Query): void;
  /** A new session with this id. */
  onHandshake(pass: Pass, id: string, query: Query): void;
}

interface RequestWithQuery extends IncomingMessage {
  /** Read by middlewares and add-ons written for Engine.IO. */
  _query?: Query;
}

/**
 * One request on its way in: middlewares, what the protocol demands, origin, `allowRequest`, session id. Middlewares,
 * `allowRequest` and `generateId` may take their time, but not for ever; what they do after that is ignored.
 */
export class Admission<Pass> extends WheelEntry {
  private readonly services: AdmissionServices;
  private readonly request: RequestWithQuery;
  private readonly gate: Gate;
  private readonly outcome: AdmissionOutcome<Pass>;
  private readonly pass: Pass;
  private readonly query: Query;
  private settled = false;

  constructor(
    services: AdmissionServices,
    gate: Gate,
    outcome: AdmissionOutcome<Pass>,
    pass: Pass,
  ) {
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
    if (this.query["j"] !== undefined) claimJsonpOrigin(request);
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

  private check(): void {
    const { services, request, query } = this;
    const { transport, sid } = query;
    if (!isServed(transport, services.options.transports)) {
      this.refuse("UNKNOWN_TRANSPORT", transport === undefined ? {} : { transport });
      return;
    }
    const { origin } = request.headers;
    if (origin !== undefined && hasInvalidCharacters(origin)) {
      delete request.headers.origin;
      this.refuse("BAD_REQUEST", { name: "INVALID_ORIGIN", origin });
      return;
    }
    if (sid !== undefined) this.checkExisting(sid, transport);
    else this.checkHandshake(transport);
  }

  private checkExisting(sid: string, transport: TransportName): void {
    const connection = this.services.find(sid);
    if (connection === undefined) {
      this.refuse("UNKNOWN_SID", { sid });
      return;
    }
    // A session that allowRequest let in keeps its origin.
    const { origin } = this.request.headers;
    if (!this.isOriginAllowed() && origin !== connection.request.headers.origin) {
      this.refuseOrigin();
      return;
    }
    const revision = revisionOf(this.query).number;
    if (revision !== connection.protocol) {
      const previousProtocol = connection.protocol;
      const name = "PROTOCOL_MISMATCH";
      this.refuse("BAD_REQUEST", { name, protocol: revision, previousProtocol });
      return;
    }
    const previousTransport = connection.transport.name;
    // Over plain HTTP only polling goes on, also when the session is on websocket and the query says so.
    const wanted = this.gate.upgrade ? "websocket" : "polling";
    if (transport !== wanted || (!this.gate.upgrade && transport !== previousTransport)) {
      this.refuse("BAD_REQUEST", { name: "TRANSPORT_MISMATCH", transport, previousTransport });
    } else if (this.gate.upgrade && !this.mayUpgrade(connection)) {
      this.refuse("BAD_REQUEST", { name: "UPGRADE_REFUSED", transport, previousTransport });
    } else if (this.settle()) this.outcome.onExisting(this.pass, connection, this.query);
  }

  private checkHandshake(transport: TransportName): void {
    const { services, request, gate } = this;
    const { allowRequest } = services.options;
    if (request.method !== "GET") {
      this.refuse("BAD_HANDSHAKE_METHOD", { method: request.method });
    } else if ((transport === "websocket") !== gate.upgrade) {
      this.refuse("BAD_REQUEST", { name: "TRANSPORT_HANDSHAKE_ERROR" });
    } else if (!services.admitting) {
      this.refuse("BAD_REQUEST", { name: "SERVER_CLOSING" }, { status: 503 });
    } else if (!services.options.allowEIO3 && revisionOf(this.query).number === 3) {
      this.refuse("UNSUPPORTED_PROTOCOL_VERSION", { protocol: 3 });
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

  private mayUpgrade(connection: Connection): boolean {
    return this.services.options.allowUpgrades && connection.upgradable;
  }

  private isOriginAllowed(): boolean {
    const { headers } = this.request;
    if (isSameOrigin(headers)) return true;
    return isAllowedByCors(
      headers.origin as string,
      this.gate.header("access-control-allow-origin"),
    );
  }

  private refuseOrigin(): void {
    const { headers } = this.request;
    const hint = originHint(headers);
    if (process.env["NODE_ENV"] !== "production") warnOnce("HAWSER_ORIGIN_REFUSED", hint);
    const context = { name: "FOREIGN_ORIGIN", origin: headers.origin, host: headers.host, hint };
    this.refuse("FORBIDDEN", context, { hint });
  }

  private refuse(
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
  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.services.wheel.cancel(this);
    return !this.gate.over;
  }
}

function isServed(
  name: string | undefined,
  served: readonly TransportName[],
): name is TransportName {
  return served.includes(name as TransportName);
}
