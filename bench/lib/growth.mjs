// How cost grows with connections and with the size of a message. Where the work per message stays, so should the cost.
import { connectionsMax } from "./file-limit.mjs";

const echo = { role: "echo", measure: "cpu", per: "message" };
const memory = { role: "echo", measure: "memory", per: "connection" };

// As many as issue from a large deployment's one process, or as the operating system allows here.
const crowds = [100, 1000, 10_000, 20_000].map((count) => Math.min(count, connectionsMax));
const payloads = [16, 128, 1024, 16 * 1024, 128 * 1024, 1024 * 1024, 16 * 1024 * 1024];
/** From here on, few connections and one message each: what counts is the bytes. */
const bulkBytes = 16 * 1024;
/** Messages of more than this are sent to raw servers only. */
const eventBytesMax = 1024 * 1024;

function sizeText(bytes) {
  if (bytes >= 1024 * 1024) return `${bytes / 1024 / 1024} MiB`;
  return bytes >= 1024 ? `${bytes / 1024} KiB` : `${bytes} B`;
}

function countText(count) {
  return count.toLocaleString("en");
}

function atCrowd(count) {
  return {
    ...echo,
    name: `echo-c${count}`,
    title: `echo 32 B, ${countText(count)} connections × 1`,
    family: "CPU of an echo of 32 B, by connections",
    at: count,
    load: { scenario: "echo", message: "text", connections: count, inflight: 1, bytes: 32 },
  };
}

function broadcastTo(count) {
  return {
    role: "broadcast",
    measure: "cpu",
    per: "delivery",
    name: `broadcast-c${count}`,
    title: `broadcast 128 B to ${countText(count)}`,
    family: "CPU of a delivery of 128 B, by receivers",
    at: count,
    load: { scenario: "broadcast", connections: count, bytes: 128, burst: 1 },
  };
}

function idle(count) {
  return {
    ...memory,
    name: `memory-c${count}`,
    title: `idle connection, RSS at ${countText(count)}`,
    family: "Memory of an idle connection, by connections",
    at: count,
    load: { scenario: "hold", connections: count },
  };
}

function ofSize(bytes) {
  const load =
    bytes < bulkBytes ? { connections: 50, inflight: 16 } : { connections: 4, inflight: 1 };
  return {
    ...echo,
    name: `echo-b${bytes}`,
    title: `echo ${sizeText(bytes)}, ${load.connections} × ${load.inflight}`,
    family: "CPU of an echo, by bytes of the message",
    at: bytes,
    load: { scenario: "echo", message: "text", bytes, ...load },
    ...(bytes > eventBytesMax ? { dialects: ["raw"] } : {}),
  };
}

export const growthScenarios = [
  ...crowds.map(atCrowd),
  ...crowds.map(broadcastTo),
  ...crowds.slice(1).map(idle),
  ...payloads.map(ofSize),
];
