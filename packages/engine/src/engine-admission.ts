import { Admission } from "./admission.ts";
import type { AdmissionOutcome } from "./admission.ts";
import type { Connection } from "./connection.ts";
import { claimJsonpOrigin } from "./http/jsonp-origin.ts";
import type { Query } from "./http/query.ts";
import { revisionOf } from "./revision.ts";
import type { TransportName } from "./transport.ts";

/** Where requests of Engine.IO go that are let in: exactly one of the two is called, or none. */
export interface EngineOutcome<Pass> extends AdmissionOutcome<Pass> {
  /** A request of a session that there is. */
  onExisting(pass: Pass, connection: Connection, query: Query): void;
}

/** A request of Engine.IO on its way in. */
export class EngineAdmission<Pass> extends Admission<Pass, EngineOutcome<Pass>> {
  override start(): void {
    if (this.query["j"] !== undefined) claimJsonpOrigin(this.request);
    super.start();
  }

  protected override check(): void {
    const { transport, sid } = this.query;
    if (!isServed(transport, this.services.options.transports)) {
      this.refuse("UNKNOWN_TRANSPORT", transport === undefined ? {} : { transport });
    } else if (!this.checkOrigin()) return;
    else if (sid !== undefined) this.checkExisting(sid, transport);
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
    if (request.method !== "GET") {
      this.refuse("BAD_HANDSHAKE_METHOD", { method: request.method });
    } else if ((transport === "websocket") !== gate.upgrade) {
      this.refuse("BAD_REQUEST", { name: "TRANSPORT_HANDSHAKE_ERROR" });
    } else if (
      services.admitting &&
      !services.options.allowEIO3 &&
      revisionOf(this.query).number === 3
    ) {
      this.refuse("UNSUPPORTED_PROTOCOL_VERSION", { protocol: 3 });
    } else this.checkNew();
  }

  private mayUpgrade(connection: Connection): boolean {
    return this.services.options.allowUpgrades && connection.upgradable;
  }
}

function isServed(
  name: string | undefined,
  served: readonly TransportName[],
): name is TransportName {
  return served.includes(name as TransportName);
}
