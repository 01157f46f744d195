import type { Reply } from "../../../../../shared/chat/events.ts";
import type { ChatRequests } from "./chat-requests.ts";
import type { RoomModel } from "./room-model.ts";
import { newestId, withMissed, withOlder } from "./timeline.ts";

const retryMs = 1500;

/** Brings rooms up to date over the line: joins, fills gaps in order, fetches older pages. */
export class RoomSync {
  readonly #requests: ChatRequests;
  readonly #isOpen: () => boolean;

  constructor(requests: ChatRequests, isOpen: () => boolean) {
    this.#requests = requests;
    this.#isOpen = isOpen;
  }

  /** Joins and then fetches all that was missed. Tries again until it succeeds, is refused, or the line is lost. */
  async join(
    room: RoomModel,
    onJoined: (you: { id: string; name: string }) => void,
  ): Promise<void> {
    while (this.#isOpen() && !room.joined.value) {
      const reply = await this.#requests.join({
        room: room.id,
        ...optional("after", room.loaded.value ? newestId(room.timeline.value) : undefined),
        ...optional("read", room.read.value),
      });
      if (reply?.ok === true) {
        room.onJoined(reply);
        onJoined(reply.you);
        if (!reply.fresh && reply.newer) await this.#fillGap(room);
        return;
      }
      if (reply !== undefined && !mayRetry(reply)) {
        room.refusal.value = reply.error.text;
        return;
      }
      await delay(retryMs);
    }
  }

  /** Fetches the page before the first message. */
  async loadOlder(room: RoomModel): Promise<void> {
    const first = room.timeline.value.messages[0];
    if (
      first === undefined ||
      !room.timeline.value.older ||
      room.loadingOlder.value ||
      !room.joined.value
    )
      return;
    room.loadingOlder.value = true;
    const reply = await this.#requests.history({ room: room.id, before: first.id });
    const unchanged = room.timeline.value.messages[0] === first;
    if (reply?.ok === true && unchanged)
      room.timeline.value = withOlder(room.timeline.value, reply);
    room.loadingOlder.value = false;
  }

  async #fillGap(room: RoomModel): Promise<void> {
    while (room.joined.value) {
      const reply = await this.#requests.history({
        room: room.id,
        after: newestId(room.timeline.value) ?? 0,
      });
      if (reply?.ok === true) {
        room.timeline.value = withMissed(room.timeline.value, reply);
        if (!reply.newer) return;
      } else {
        await delay(retryMs);
      }
    }
  }
}

function mayRetry(reply: Reply & { ok: false }): boolean {
  return reply.error.code === "too-fast" || reply.error.code === "failed";
}

function optional<K extends string>(key: K, value: number | undefined): { [key in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: number };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
