import type { Message, Reply } from "../../../../../shared/chat/events.ts";
import type { ChatRequests } from "./chat-requests.ts";
import type { RoomModel } from "./room-model.ts";
import { withOlder } from "./timeline.ts";

const retryMs = 1500;

/** Brings rooms up to date over the line: joins, and fetches older pages. What was missed is replayed by itself. */
export class RoomSync {
  readonly #requests: ChatRequests;
  readonly #isOpen: () => boolean;

  constructor(requests: ChatRequests, isOpen: () => boolean) {
    this.#requests = requests;
    this.#isOpen = isOpen;
  }

  /** Joins. Tries again until it succeeds, is refused, or the line is lost. */
  async join(
    room: RoomModel,
    onJoined: (you: { id: string; name: string }) => void,
  ): Promise<void> {
    while (this.#isOpen() && !room.joined.value) {
      const read = room.read.value;
      const reply = await this.#requests.join(
        read === undefined ? { room: room.id } : { room: room.id, read },
      );
      if (reply?.ok === true) {
        onJoined(reply.you);
        room.onJoined(reply);
        return;
      }
      if (reply !== undefined && !mayRetry(reply)) {
        room.refusal.value = reply.error.text;
        return;
      }
      await delay(retryMs);
    }
  }

  /** The newest messages of which the room does not know. */
  async unknown(room: RoomModel): Promise<readonly Message[]> {
    const reply = await this.#requests.history({ room: room.id });
    if (reply?.ok !== true) return [];
    const known = new Set(room.timeline.peek().messages.map(({ id }) => id));
    return reply.messages.filter(({ id }) => !known.has(id));
  }

  /** Fetches the page before the first message. */
  async loadOlder(room: RoomModel): Promise<void> {
    const { older } = room.timeline.value;
    if (older === undefined || room.loadingOlder.value || !room.joined.value) return;
    room.loadingOlder.value = true;
    const reply = await this.#requests.history({ room: room.id, before: older });
    const unchanged = room.timeline.value.older === older;
    if (reply?.ok === true && unchanged)
      room.timeline.value = withOlder(room.timeline.value, reply);
    room.loadingOlder.value = false;
  }
}

function mayRetry(reply: Reply & { ok: false }): boolean {
  return reply.error.code === "too-fast" || reply.error.code === "failed";
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
