import { mayEnter } from "./rooms.ts";
import type { Socket } from "hawser";
import type { RelayRule } from "./config/types.ts";
import type { Logger } from "./logger.ts";

/** What a relayed event is answered with. */
export type RelayAnswer = { ok: true } | { error: { code: string; message: string } };

const roomCharactersMax = 256;

/**
 * Lets a socket speak to rooms: `emit("chat", room, …)` reaches the room's members as the same event with the same
 * arguments, and `{id, user}` of the sender behind them, which nobody can forge.
 */
export function serveRelay(
  socket: Socket,
  user: string | undefined,
  rules: readonly RelayRule[],
  log: Logger,
): void {
  for (const rule of rules) {
    socket.on(rule.event, async (...args: unknown[]) => {
      const last = args.at(-1);
      const answer =
        typeof last === "function" ? (args.pop() as (it: RelayAnswer) => void) : undefined;
      const result = await relay(socket, user, rule, args).catch((error: unknown): RelayAnswer => {
        log.error("relay failed", { event: rule.event, error: String(error) });
        return refusal("FAILED", "the server could not do it");
      });
      answer?.(result);
      return result;
    });
  }
}

async function relay(
  socket: Socket,
  user: string | undefined,
  { event, rooms, membersOnly, durable, echo }: RelayRule,
  [room, ...data]: unknown[],
): Promise<RelayAnswer> {
  if (typeof room !== "string" || room === "" || room.length > roomCharactersMax) {
    return refusal("ROOM_INVALID", "the first argument is to be the name of a room");
  }
  if (!mayEnter(rooms, room, { user, id: socket.id })) {
    return refusal("ROOM_REFUSED", "this event may not be sent to this room");
  }
  if (membersOnly && !socket.rooms.has(room)) {
    return refusal("NOT_A_MEMBER", "only members of the room may speak in it");
  }
  const sender = { id: socket.id, ...(user !== undefined && { user }) };
  const to = echo ? socket.nsp.to(room) : socket.to(room);
  if (durable) await to.durable.emit(event, room, ...data, sender);
  else to.emit(event, room, ...data, sender);
  return { ok: true };
}

const refusal = (code: string, message: string): RelayAnswer => ({ error: { code, message } });
