/* oxlint-disable typescript/no-explicit-any -- this file is where the types of events are erased */
/** The classes as the inside of the house sees them, whatever events their users have declared. */
import type { Client } from "./client.ts";
import type { Namespace } from "./namespace.ts";
import type { ParentNamespace } from "./parent-namespace.ts";
import type { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

export type AnyServer = Server<any, any, any>;
export type AnyNamespace = Namespace<any, any, any>;
export type AnyParentNamespace = ParentNamespace<any, any, any>;
export type AnySocket = Socket<any, any, any>;
export type AnyClient = Client;
