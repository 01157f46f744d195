// All sections, in the order of the page. A new one is added here.
import { acks } from "./acks.ts";
import { adapter } from "./adapter.ts";
import { applicationErrors } from "./application-errors.ts";
import { binary } from "./binary.ts";
import { broadcasting, utilities } from "./broadcasting.ts";
import { clientAddresses } from "./client-address.ts";
import { clientDifferences } from "./client-differences.ts";
import { clientEmitter } from "./client-emitter.ts";
import { clientEngine } from "./client-engine.ts";
import { clientLife } from "./client-life.ts";
import { clientManager } from "./client-manager.ts";
import { clientModule } from "./client-module.ts";
import { clientOffline, clientRetries } from "./client-offline.ts";
import { clientOptions } from "./client-options.ts";
import { closing } from "./closing.ts";
import { connecting } from "./connecting.ts";
import { corners } from "./corners.ts";
import { cors } from "./cors.ts";
import { disconnecting } from "./disconnecting.ts";
import { dynamicNamespaces } from "./dynamic-namespaces.ts";
import { emitting } from "./emitting.ts";
import { engineConnections } from "./engine-connections.ts";
import { engineOptions } from "./engine-options.ts";
import { engineRequests } from "./engine-requests.ts";
import { engineWire } from "./engine-wire.ts";
import { guides } from "./guides.ts";
import { handshake } from "./handshake.ts";
import { listening } from "./listening.ts";
import { members } from "./members.ts";
import { middlewares } from "./middlewares.ts";
import { multipleNodes } from "./multiple-nodes.ts";
import { namespaces } from "./namespaces.ts";
import { oddArguments } from "./odd-arguments.ts";
import { customParsers } from "./parsers.ts";
import { recovery } from "./recovery.ts";
import { rooms } from "./rooms.ts";
import { serveClient } from "./serve-client.ts";
import { serverInitialization } from "./server-initialization.ts";
import { engineOfServer, serverOptions } from "./server-options.ts";
import { clientsOfSocketIo2 } from "./socket.io-2.ts";
import { wireProtocol } from "./wire-protocol.ts";
import { volatileEvents } from "./volatile.ts";
import type { Section } from "../harness/case.ts";

export const sections: readonly Section[] = [
  serverInitialization,
  serverOptions,
  serveClient,
  namespaces,
  dynamicNamespaces,
  rooms,
  adapter,
  emitting,
  binary,
  acks,
  volatileEvents,
  broadcasting,
  utilities,
  listening,
  middlewares,
  connecting,
  handshake,
  cors,
  disconnecting,
  closing,
  engineOfServer,
  applicationErrors,
  recovery,
  customParsers,
  members,
  guides,
  corners,
  oddArguments,
  multipleNodes,
  wireProtocol,
  clientModule,
  clientAddresses,
  clientOptions,
  clientLife,
  clientOffline,
  clientRetries,
  clientEmitter,
  clientManager,
  clientEngine,
  clientDifferences,
  clientsOfSocketIo2,
  engineConnections,
  engineRequests,
  engineOptions,
  engineWire,
];
