import { authOfRequest, offeredProtocols, queryOf } from "../auth.ts";
import { Encoder } from "../../encoder.ts";
import { markedPlace } from "../../delivery/durable-message.ts";
import { PlainClient } from "./plain-client.ts";
import { refuseUpgrade } from "@hawser/engine/internal";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { EngineServer } from "@hawser/engine";
import type { AnyServer } from "../../erased.ts";
import type { ResolvedPlain, SubscribePermission } from "../options.ts";
import type { PlainRules } from "./rules.ts";

/** The forms of version 1. */
export const plainProtocols: readonly string[] = ["hawser.v1.json", "hawser.v1.msgpack"];

/** Serves the plain dialect at one path. */
export function servePlain(
  server: AnyServer,
  engine: EngineServer,
  options: ResolvedPlain,
  permission: SubscribePermission | undefined,
): void {
  const make = (isMsgpack: boolean): PlainRules => rulesOf(server, options, permission, isMsgpack);
  const json = make(false);
  const msgpack = make(true);
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const protocol = chosenOf(request);
    if (protocol === undefined) {
      refuse(socket);
      return;
    }
    const auth = authOfRequest(request);
    const rules = protocol === "hawser.v1.msgpack" ? msgpack : json;
    engine.acceptPlain(request, socket, head, {
      protocol,
      messageBytesMax: rules.limits.earlyMessageBytes,
      onConnection: (conn) => {
        const client = new PlainClient(server as never, conn, rules, auth);
        conn.handler = client;
        const { connect, namespace } = queryOf(request);
        if (connect !== undefined || namespace !== undefined) client.enterAtOnce(namespace ?? "/");
      },
    });
  };
  engine.addRoute(options.path, { upgrade });
}

/** The subprotocol of the answer, empty for a client that offers none; undefined: it speaks nothing that we do. */
function chosenOf(request: IncomingMessage): string | undefined {
  const offered = offeredProtocols(request);
  if (offered.length === 0) return (queryOf(request)["v"] ?? "1") === "1" ? "" : undefined;
  return offered.find((name) => plainProtocols.includes(name));
}

function refuse(socket: Duplex): void {
  const body = JSON.stringify({
    code: "SUBPROTOCOL",
    message: "no subprotocol in common",
    supported: plainProtocols,
  });
  refuseUpgrade(socket, 400, { "Content-Type": "application/json" }, body);
}

function rulesOf(
  server: AnyServer,
  options: ResolvedPlain,
  permission: SubscribePermission | undefined,
  isMsgpack: boolean,
): PlainRules {
  const { limits } = options;
  const { maxHttpBufferSize = 1e6 } = server._opts;
  const { _delivery: delivery, _codec: own } = server;
  const codec = {
    depthMax: limits.depth,
    binariesMax: limits.binaries,
    roomUnitsMax: limits.roomNameChars,
  };
  return {
    isMsgpack,
    limits,
    early: { ...codec, messageBytesMax: limits.earlyMessageBytes },
    codec: { ...codec, messageBytesMax: Math.min(limits.messageBytes, maxHttpBufferSize) },
    permission,
    hasDelivery: delivery !== undefined,
    toPacket: own instanceof Encoder ? undefined : (message) => own.toPacket(message),
    offsetOf: (mark) => {
      const place = markedPlace(mark);
      return place !== undefined && place.epoch === delivery?.epoch ? place.offset : undefined;
    },
    report: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
  };
}
