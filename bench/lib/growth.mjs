// How cost grows with connections, with rooms, and with the size of a message. Where the work per message stays, so should the cost.
import { connectionsMax } from "./file-limit.mjs";

const echo = { role: "echo", measure: "cpu", per: "message" };
const memory = { role: "echo", measure: "memory", per: "connection" };

// 50,000 are what a large deployment's one process holds, or fewer, where the operating system allows fewer open files.
const crowds = [100, 1000, 10_000, 50_000].map((count) => Math.min(count, connectionsMax));
const rooms = [1, 100, 10_000];
/** How many of the 100,000 memberships each of 1,000 sockets has: fewer rooms it cannot join. */
const roomsEach = 100;
const payloads = [16, 1024, 16 * 1024, 128 * 1024, 1024 * 1024, 16 * 1024 * 1024];
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

/** A room of fixed size, while others that nobody speaks to become more: its members are in them, too. */
function amongRooms(count) {
  return {
    role: "room",
    measure: "cpu",
    per: "delivery",
    name: `room-r${count}`,
    title: `broadcast 128 B to a room of 100 among ${countText(count)}`,
    family: "CPU of a delivery of 128 B to a room of 100, by rooms",
    at: count,
    rooms: count,
    load: { scenario: "broadcast", connections: 100, bytes: 128, burst: 1 },
    dialects: ["socketio"],
  };
}

/** The same number of memberships each time, spread over so many rooms. */
function membershipsOver(count) {
  return {
    role: "echo",
    measure: "memberships",
    of: "time",
    per: "membership",
    name: `join-r${count}`,
    title: `join and leave of 100,000 memberships, ${countText(count)} rooms`,
    family: "CPU of a join and a leave, by rooms",
    at: count,
    load: { scenario: "hold", connections: 1000, memberships: 100_000, rooms: count },
    dialects: ["socketio"],
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
  ...rooms.map(amongRooms),
  ...rooms.filter((count) => count >= roomsEach).map(membershipsOver),
];
