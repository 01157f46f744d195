// Who is measured: one server file each, alike in what they do.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const peers = [
  { name: "net", label: "bare node:net", dialect: "raw" },
  { name: "ws", label: "ws", dialect: "raw", package: "ws" },
  { name: "socket.io", label: "socket.io", dialect: "socketio", package: "socket.io" },
  {
    name: "hawser-websocket",
    label: "@hawser/websocket",
    dialect: "raw",
    package: "@hawser/websocket",
    ours: true,
  },
  { name: "hawser", label: "hawser", dialect: "socketio", package: "hawser", ours: true },
  ...["plain", "msgpack"].map((dialect) => ({
    name: `hawser-${dialect}`,
    label: dialect === "plain" ? "hawser, plain" : "hawser, msgpack",
    dialect,
    file: "hawser-plain",
    package: "hawser",
    ours: true,
    // They have to cost no more than Socket.IO's dialect on the same server.
    rivals: ["hawser"],
  })),
  {
    name: "hawser-sse",
    label: "hawser, SSE",
    dialect: "sse",
    file: "hawser-plain",
    package: "hawser",
    ours: true,
    rivals: ["hawser"],
    // Who only listens.
    scenarios: ["broadcast-all", "broadcast-room", "broadcast-20", "memory"],
  },
];

/** For `--native`: what is not written in JavaScript, and what stands on it. */
export const nativePeers = [
  { name: "uws", label: "µWebSockets.js", dialect: "raw", native: "uwebsockets" },
  { name: "bun", label: "Bun", dialect: "raw", native: "bun", runtime: "bun" },
  {
    name: "socket.io-uws",
    label: "socket.io on µWS",
    dialect: "socketio",
    native: "uwebsockets",
  },
  {
    name: "socket.io-bun",
    label: "socket.io on Bun",
    dialect: "socketio",
    native: "bun",
    runtime: "bun",
  },
  {
    name: "hawser-uws",
    label: "hawser on µWS",
    dialect: "socketio",
    native: "uwebsockets",
    package: "hawser",
    ours: true,
  },
];

/** For `--client`. */
export const clientPeers = [
  {
    name: "socket.io-client",
    label: "socket.io-client",
    package: "socket.io-client",
    bundle: "socket.io-client",
  },
  {
    name: "hawser-client",
    label: "@hawser/client",
    package: "@hawser/client",
    bundle: "hawser-client",
    ours: true,
  },
];

export function peerNamed(name) {
  return [...peers, ...nativePeers, ...clientPeers].find((peer) => peer.name === name);
}

/** The built package is what is measured: without it there is nothing to start. */
export function isInstalled(peer) {
  if (peer.package === undefined) return true;
  try {
    return existsSync(require.resolve(peer.package));
  } catch {
    return false;
  }
}

export function versionOf(peer) {
  if (peer.package === undefined) return undefined;
  return JSON.parse(readFileSync(require.resolve(`${peer.package}/package.json`), "utf8")).version;
}

/** Those whose ratios are wanted, against all others: ours, or the first one when none of ours runs. */
export function subjectsOf(running) {
  const ours = running.filter((peer) => peer.ours);
  if (ours.length > 0) return ours.toReversed();
  return running.length > 1 ? [running.at(-1)] : [];
}

/** Against whom a subject is held, dearest first: those that are not ours, and whom it names itself. */
export function rivalsOf(running, subject) {
  const named = subject.rivals ?? [];
  return running.filter((peer) => !peer.ours || named.includes(peer.name)).toReversed();
}
