import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CollectedResponse } from "./collected-response.ts";
import { refuseUpgrade } from "./reply.ts";
import type { ReplyHeaders } from "./reply.ts";

/**
 * What middlewares get as the response of an upgrade request. Headers set on it go out with the 101; ending it refuses
 * the upgrade with the status, headers and body given.
 */
export class UpgradeResponse extends CollectedResponse {
  private readonly upgradeSocket: Duplex;

  constructor(request: IncomingMessage, socket: Duplex) {
    super(request);
    this.upgradeSocket = socket;
  }

  protected override send(status: number, headers: ReplyHeaders, body: Buffer): void {
    refuseUpgrade(this.upgradeSocket, status, headers, body);
  }
}
