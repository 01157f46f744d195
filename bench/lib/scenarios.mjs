// What is measured. `load` is what the generator is told (generator/options.h), `role` what the server is told
// (servers/control.mjs), `measure` which of its figures counts.
import { pinned } from "./cores.mjs";

/**
 * - "cpu": microseconds of server CPU (user + system, whole process) per message, delivery or connection
 * - "latency": microseconds of a round trip, median
 * - "memberships": of a join and a leave, `of` "time" (µs of CPU) or "bytes" (of heap)
 * - "memory": bytes of RSS per idle connection, after garbage collection
 */
const echo = { role: "echo", measure: "cpu", per: "message" };
const broadcast = { role: "broadcast", measure: "cpu", per: "delivery" };
const receivers = { scenario: "broadcast", connections: 1000, bytes: 128, burst: 1 };
const memberships = {
  role: "echo",
  measure: "memberships",
  per: "membership",
  load: { scenario: "hold", connections: 1000, memberships: 1_000_000 },
  dialects: ["socketio"],
};

export const scenarios = [
  {
    ...echo,
    name: "echo-32x1",
    title: "echo 32 B, 100 connections × 1 in flight",
    load: { scenario: "echo", message: "text", connections: 100, inflight: 1, bytes: 32 },
  },
  {
    ...echo,
    name: "echo-32x16",
    title: "echo 32 B, 50 × 16",
    load: { scenario: "echo", message: "text", connections: 50, inflight: 16, bytes: 32 },
  },
  {
    ...echo,
    name: "echo-1kx16",
    title: "echo 1 KiB, 50 × 16",
    load: { scenario: "echo", message: "text", connections: 50, inflight: 16, bytes: 1024 },
  },
  {
    ...echo,
    name: "ack-32x16",
    title: "acknowledgement 32 B, 50 × 16",
    load: { scenario: "echo", message: "ack", connections: 50, inflight: 16, bytes: 32 },
    dialects: ["socketio", "plain", "msgpack"],
  },
  {
    ...echo,
    name: "binary-1kx16",
    title: "binary 1 KiB, 50 × 16",
    load: { scenario: "echo", message: "binary", connections: 50, inflight: 16, bytes: 1024 },
  },
  {
    ...broadcast,
    name: "broadcast-all",
    title: "broadcast 128 B to 1,000",
    load: receivers,
  },
  {
    ...broadcast,
    name: "broadcast-room",
    title: "broadcast 128 B to a room of 1,000",
    role: "room",
    load: receivers,
  },
  {
    ...broadcast,
    name: "broadcast-20",
    title: "20 broadcasts to 1,000 in one tick",
    load: { ...receivers, burst: 20 },
  },
  {
    ...echo,
    name: "latency",
    title: "round trip p50, one connection",
    measure: "latency",
    per: "round trip",
    // The generator stays awake, so that its own waking is not a part of the round trip.
    load: {
      scenario: "echo",
      message: "text",
      connections: 1,
      inflight: 1,
      bytes: 32,
      spin: Number(pinned),
    },
  },
  {
    ...echo,
    name: "churn",
    title: "connect + disconnect",
    per: "connection",
    load: { scenario: "churn", connections: 20 },
  },
  {
    role: "polling",
    measure: "cpu",
    per: "pair",
    name: "polling-10",
    title: "polling: POST of 10 events, GET of 10 echoes",
    load: { scenario: "polling", connections: 50, events: 10, bytes: 32 },
    dialects: ["socketio"],
  },
  {
    ...echo,
    name: "publish",
    title: "POST /publish of 32 B to a room",
    per: "request",
    load: { scenario: "publish", connections: 20, bytes: 32 },
    dialects: ["plain"],
  },
  {
    ...memberships,
    name: "rooms-time",
    title: "join and leave of 1,000,000 memberships",
    of: "time",
  },
  {
    ...memberships,
    name: "rooms-memory",
    title: "heap of 1,000,000 memberships",
    of: "bytes",
  },
  {
    ...echo,
    name: "memory",
    title: "idle connection, RSS at 10,000",
    measure: "memory",
    per: "connection",
    load: { scenario: "hold", connections: 10_000 },
  },
];

const inNative = new Set([
  "echo-32x1",
  "echo-32x16",
  "ack-32x16",
  "binary-1kx16",
  "broadcast-all",
  "churn",
  "memory",
]);

/** Those of `--native`: it has more servers, and shall not take longer. */
export const nativeScenarios = scenarios.filter(({ name }) => inNative.has(name));

export function unitOf(scenario) {
  return scenario.measure === "memory" || scenario.of === "bytes" ? "B" : "µs";
}

/** Raw peers have no acknowledgements. */
export function plays(peer, scenario) {
  if (peer.scenarios !== undefined && !peer.scenarios.includes(scenario.name)) return false;
  return scenario.dialects === undefined || scenario.dialects.includes(peer.dialect);
}
