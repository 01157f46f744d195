// Joins and leaves so many rooms through the public API, and says what that cost.
const roomsMax = 10_000;

function cpuUs(since) {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

/** `settled` resolves with the memory after garbage collection. */
export async function measureMemberships(io, { count, rooms: roomsCount = roomsMax }, settled) {
  const sockets = [...io.sockets.sockets.values()];
  const each = Math.ceil(count / sockets.length);
  const names = Array.from({ length: roomsCount }, (_, i) => `room ${i}`);
  // Steps that have no factor in common with the number of rooms: no socket joins one twice.
  const nameOf = (socket, i) => names[(socket * 7919 + i * 7) % roomsCount];
  if (each > roomsCount) throw new Error(`${each} rooms each are more than there are`);
  const { rooms } = io.of("/").adapter;
  const roomsBefore = rooms.size;
  const before = await settled();
  const began = process.cpuUsage();
  sockets.forEach((socket, n) => {
    for (let i = 0; i < each; i++) socket.join(nameOf(n, i));
  });
  const joinUs = cpuUs(began);
  const held = await settled();
  const joined = sockets.reduce((sum, socket) => sum + socket.rooms.size - 1, 0);
  const left = process.cpuUsage();
  sockets.forEach((socket, n) => {
    for (let i = 0; i < each; i++) socket.leave(nameOf(n, i));
  });
  const leaveUs = cpuUs(left);
  if (joined !== each * sockets.length || rooms.size !== roomsBefore) {
    throw new Error(`${joined} memberships of ${each * sockets.length}, ${rooms.size} rooms left`);
  }
  return { joined, joinUs, leaveUs, bytes: held.heapUsed - before.heapUsed };
}
