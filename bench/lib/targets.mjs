// The bars: the highest ratio that is good enough, by subject, scenario and rival.
const ofEvents = [
  "echo-32x1",
  "echo-32x16",
  "echo-1kx16",
  "ack-32x16",
  "binary-1kx16",
  "broadcast-all",
  "broadcast-room",
  "broadcast-20",
  "latency",
  "churn",
  "memory",
];

/** A plain client is worth no more of the server than one of Socket.IO. */
const noMoreThanSocketIo = Object.fromEntries(ofEvents.map((name) => [name, { hawser: 1.0 }]));

export const targets = {
  "hawser-plain": noMoreThanSocketIo,
  "hawser-msgpack": noMoreThanSocketIo,
  "hawser-sse": noMoreThanSocketIo,
  hawser: {
    "echo-32x1": { "socket.io": 0.5, ws: 0.95, net: 1.25 },
    "echo-32x16": { "socket.io": 0.2, ws: 0.33 },
    "echo-1kx16": { "socket.io": 0.33, ws: 0.6 },
    "ack-32x16": { "socket.io": 0.22 },
    "binary-1kx16": { "socket.io": 0.22, ws: 0.5 },
    "broadcast-all": { "socket.io": 0.65, ws: 0.85 },
    "broadcast-room": { "socket.io": 0.65, ws: 0.85 },
    "broadcast-20": { "socket.io": 0.2, ws: 0.25 },
    latency: { "socket.io": 0.95, ws: 1.05 },
    churn: { "socket.io": 0.4, ws: 1.0 },
    "polling-10": { "socket.io": 0.7 },
    "rooms-time": { "socket.io": 0.6 },
    "rooms-memory": { "socket.io": 0.6 },
    memory: { "socket.io": 0.35, ws: 1.0 },
  },
  "hawser-client": {
    "node-echo": { "socket.io-client": 0.6 },
    "node-ack": { "socket.io-client": 0.6 },
    "node-binary": { "socket.io-client": 0.6 },
    "node-receive": { "socket.io-client": 0.6 },
    "chromium-echo": { "socket.io-client": 0.6 },
    "chromium-ack": { "socket.io-client": 0.6 },
    "chromium-binary": { "socket.io-client": 0.6 },
    "chromium-receive": { "socket.io-client": 0.6 },
  },
  "hawser-uws": {
    "echo-32x16": { "socket.io-uws": 0.5 },
    memory: { "socket.io-uws": 0.6 },
  },
  "hawser-websocket": {
    "echo-32x1": { net: 1.1 },
    "echo-32x16": { ws: 0.2 },
    "echo-1kx16": { ws: 0.45 },
    "broadcast-all": { ws: 0.8 },
    "broadcast-20": { ws: 0.2 },
    churn: { ws: 0.75 },
    memory: { ws: 0.75 },
    "echo-b16777216": { ws: 1.0 },
  },
};

export function targetOf(subject, scenario, rival) {
  return targets[subject]?.[scenario]?.[rival];
}
