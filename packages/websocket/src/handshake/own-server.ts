import { createServer } from "node:http";
import type { Server } from "node:http";
import { requestCheckMs, requestHeadMs } from "../limits.ts";
import { refuseRequest } from "./refuse.ts";

/** A server for upgrades alone: it waits for no slow head of a request, and answers all else with 426. */
export function createOwnServer(): Server {
  return createServer(
    {
      headersTimeout: requestHeadMs,
      requestTimeout: requestHeadMs,
      connectionsCheckingInterval: requestCheckMs,
    },
    refuseRequest,
  );
}
