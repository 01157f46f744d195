// The server of a run: rooms that talk, and orders that are handled. It may be killed at any time.
import { fileLog } from "@hawser/log-sqlite";
import { Server } from "hawser";
import { randomOf } from "../support/random.ts";
import { withBug } from "./bugs.ts";
import { FileHistory } from "./history.ts";
import { watched } from "./watched-log.ts";
import { allRooms, lastWord, roomsOf } from "./world.ts";
import type { Position, Socket } from "hawser";
import type { ServerPlan } from "./world.ts";

const plan = JSON.parse(process.argv[2]!) as ServerPlan;
const history = new FileHistory(plan.history);
const random = randomOf(plan.seed + plan.run);
/** A handler takes up to this long, so that a kill finds some at work. */
const workMsMax = 4;

/** The worst moment to die: an order is accepted, and its client does not know it yet. One in so many. */
const deadlyAcceptances = 1500;
let isCalm = plan.isLast;

const log = fileLog(plan.log);
const watchedLog = watched(
  plan.bug === undefined ? log : withBug(log, plan.bug),
  (session, counter) => {
    history.record({ kind: "accepted", session, counter });
    if (!isCalm && random(deadlyAcceptances) === 0) process.kill(process.pid, "SIGKILL");
  },
);
const io = new Server({
  delivery: {
    log: watchedLog,
    retention: { age: "1h", count: plan.keep, bytes: "1gb" },
  },
  // A line that is dead on one side is given up soon.
  pingInterval: 400,
  pingTimeout: 400,
  ...(plan.clients === "recovery" ? { connectionStateRecovery: {} } : {}),
  ...(plan.clients === "plain"
    ? {
        plain: true,
        sse: true,
        subscribe: (socket, room) => roomsOf(nameOf(socket)).includes(room),
      }
    : {}),
});

let said = 0;
const saidLast = new Map<string, string>();

/** A room says something: `logged` is written once the log has it. */
function say(room: string, id = `${plan.run}.${(said += 1)}`): void {
  history.record({ kind: "said", room, id });
  saidLast.set(room, id);
  void io
    .to(room)
    .durable.emit("said", { room, id })
    .then((position) => history.record({ kind: "logged", room, id, ...position }));
}

/** Writes down what a room said in earlier runs, as the log has it: the end of it, and in the last run all. */
async function readBack(room: string): Promise<void> {
  const entries: { id: string; offset: number; epoch: string }[] = [];
  let before: Position | undefined;
  do {
    const page = await io.in(room).history({ limit: 500, before });
    for (const { args, position } of page.events) {
      const [{ id }] = args as [{ id: string }];
      entries.push({ id, ...position });
    }
    before = page.before;
  } while (plan.isLast && before !== undefined);
  entries.sort((a, b) => a.offset - b.offset);
  for (const entry of entries) history.record({ kind: "logged", room, ...entry });
  const last = entries.at(-1);
  if (last) saidLast.set(room, last.id);
}

/** Readers of Server-Sent Events have it in their address. */
function nameOf(socket: Socket): string {
  const { client, token } = socket.handshake.auth as { client?: string; token?: string };
  return client ?? token ?? "";
}

/** A stream goes on where its reader has heard something: what it heard last is in its request. */
function goesOn(socket: Socket): boolean {
  return socket.recovered || socket.handshake.headers["last-event-id"] !== undefined;
}

function admit(socket: Socket): void {
  const client = nameOf(socket);
  if (!goesOn(socket)) {
    for (const room of roomsOf(client)) {
      void socket.join(room);
      history.record({ kind: "joined", client, room, after: saidLast.get(room) });
    }
  }
  socket.on("order", async ({ order }: { order: number }, ack: (answer: string) => void) => {
    const { id: message, redelivered } = socket.delivery.current!;
    history.record({ kind: "started", client, order, run: plan.run, redelivered, message });
    const rooms = roomsOf(client);
    say(rooms[order % rooms.length]!);
    await new Promise((resolve) => setTimeout(resolve, random(workMsMax)));
    const answer = `${plan.run}/${client}/${order}/${random(1_000_000)}`;
    history.record({ kind: "answered", client, order, run: plan.run, answer });
    ack(answer);
  });
}

/** Between the orders the rooms talk by themselves; strings and volatile events try to confuse what counts offsets. */
function chatter(): void {
  say(allRooms[random(allRooms.length)]!);
  if (random(4) === 0) io.volatile.emit("noise", "a string of the application");
  if (random(4) === 0 && plan.clients !== "recovery")
    io.emit("plain", { text: "no log" }, "another");
}

io.use((socket, next) => {
  next(nameOf(socket) === "" ? new Error("no name") : undefined);
});
io.on("connection", admit);
// A page of the log is read, and one message written, before the first client may come.
const { epoch } = await io.to("nobody").durable.emit("hello");
history.record({ kind: "run", run: plan.run, epoch });
for (const room of allRooms) await readBack(room);
io.listen(plan.port);
io.httpServer.once("listening", () => {
  const { port } = io.httpServer.address() as { port: number };
  console.log(JSON.stringify({ port }));
});
const timer = plan.isLast ? undefined : setInterval(chatter, 5);
process.stdin.setEncoding("utf8").on("data", () => {
  isCalm = true;
  clearInterval(timer);
  for (const room of allRooms) say(room, `${lastWord} ${plan.run} ${room}`);
});
process.once("SIGTERM", () => {
  void io.close().then(() => {
    history.close();
    process.exit(0);
  });
});
