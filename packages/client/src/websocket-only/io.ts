import { createLookup } from "../lookup.ts";
import type { Lookup } from "../lookup.ts";
import { Manager } from "./manager.ts";

/** Connects to a namespace of a server over a websocket, see {@link Lookup}. */
export const io: Lookup = /* @__PURE__ */ createLookup(Manager);
