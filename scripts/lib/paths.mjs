// Where things stand in the workspace. Paths only, no I/O.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files that the scripts make and may throw away; never committed. */
export const cache = join(root, "node_modules", ".cache", "hawser");

/** Packages that are published, in floor order: each may import only those before it. */
export const packages = [
  "protocol",
  "websocket",
  "engine",
  "client",
  "server",
  "log-sqlite",
  "cli",
];

export const fromRoot = (...parts) => join(root, ...parts);
