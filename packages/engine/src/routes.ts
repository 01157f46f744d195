import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { EngineError } from "./errors.ts";

/** What serves a path of its own on the HTTP servers of an engine. What it leaves out goes where it went before. */
export interface Route {
  request?(request: IncomingMessage, response: ServerResponse): void;
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The paths beside that of Engine.IO: one by one, or all beneath one. */
export class Routes {
  /** Whether one of them takes upgrades. */
  takesUpgrades = false;
  private readonly exact: Map<string, Route> = new Map();
  /** Paths that end with a slash, the longest first. */
  private beneath: readonly (readonly [path: string, route: Route])[] = [];

  /** @throws EngineError `OPTION_INVALID` for a path that is no path, or is taken */
  add(path: string, route: Route): void {
    if (!/^\/[^?#*]*(?:\/\*)?$/.test(path)) {
      throw new EngineError("OPTION_INVALID", `${JSON.stringify(path)} is no path. Write "/chat"`);
    }
    const isBeneath = path.endsWith("/*");
    const bare = isBeneath ? path.slice(0, -1) : path;
    if (isBeneath ? this.beneath.some(([taken]) => taken === bare) : this.exact.has(path)) {
      throw new EngineError("OPTION_INVALID", `the path ${JSON.stringify(path)} is taken`);
    }
    if (isBeneath) {
      this.beneath = [...this.beneath, [bare, route] as const].sort(
        ([one], [other]) => other.length - one.length,
      );
    } else this.exact.set(path, route);
    this.takesUpgrades ||= route.upgrade !== undefined;
  }

  /** The route of a request target. */
  find(url: string | undefined): Route | undefined {
    if (url === undefined || (this.exact.size === 0 && this.beneath.length === 0)) return undefined;
    const end = url.search(/[?#]/);
    const path = end === -1 ? url : url.slice(0, end);
    return this.exact.get(path) ?? this.beneath.find(([start]) => path.startsWith(start))?.[1];
  }
}
