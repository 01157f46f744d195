// What all servers share: what they are asked to do, how they come up, and how the runner talks to them
// (process messages: nothing of it touches the port that is measured).

/** "echo", "polling" (echo over HTTP), "broadcast" (to all) or "room" (the same to a room that everybody has joined). */
export const role = process.argv[2] ?? "echo";

/** In the role "room": how many rooms there are, with that of everybody. */
export const rooms = Number(process.argv[3] ?? 1);

/** Bytes of a message that every server takes. */
export const payloadMax = 32 * 1024 * 1024;

/** Listens on a free port of 127.0.0.1 and tells the runner which. */
export function serve(server) {
  server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
    process.send({ port: server.address().port });
  });
}

const settleRounds = 5;
const settleMs = 100;

async function memoryAfterGc() {
  for (let round = 0; round < settleRounds; round++) {
    globalThis.gc();
    await new Promise((resolve) => {
      setTimeout(resolve, settleMs);
    });
  }
  return process.memoryUsage();
}

/** What else a server can be asked for, by name: returns what the runner gets. */
const tasks = {};

export function onTask(name, run) {
  tasks[name] = run;
}

process.on("message", async (request) => {
  if (request === "memory") process.send({ memory: await memoryAfterGc() });
  if (request.task !== undefined) {
    process.send({ result: await tasks[request.task](request.argument, memoryAfterGc) });
  }
  // A regular exit, so that --cpu-prof writes its file.
  if (request === "stop") process.exit(0);
});
process.on("disconnect", () => process.exit(0));
