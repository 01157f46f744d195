import type { Message } from "../../../../../shared/chat/events.ts";
import type { ChatMemory } from "./chat-memory.ts";
import type { ChatRequests } from "./chat-requests.ts";
import { Outbox } from "./outbox.ts";
import type { PostResult } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { PictureVault } from "./picture-vault.ts";

/** The outbox on the chat's line: entries are kept in the browser, pictures come from the vault. */
export function openOutbox(
  requests: ChatRequests,
  memory: ChatMemory,
  vault: PictureVault,
  handler: { onStored: (message: Message) => void; onChange: () => void },
): Outbox {
  return new Outbox(
    {
      ...handler,
      post: (entry) => post(requests, vault, entry),
      keep: (entry) => memory.keepEntry(entry),
      drop: (entry) => {
        memory.dropEntry(entry.key);
        if (entry.picture !== undefined) vault.delete(entry.key);
      },
      wait: (ms) =>
        new Promise((resolve) => {
          setTimeout(resolve, ms);
        }),
    },
    memory.outbox(),
  );
}

async function post(
  requests: ChatRequests,
  vault: PictureVault,
  entry: OutboxEntry,
): Promise<PostResult> {
  const { key, room, text } = entry;
  const picture = entry.picture === undefined ? undefined : await vault.get(key);
  if (entry.picture !== undefined && picture === undefined) {
    return { kind: "refused", text: "The browser no longer has this picture." };
  }
  const carried =
    entry.picture === undefined || picture === undefined
      ? {}
      : {
          picture: {
            bytes: await picture.arrayBuffer(),
            width: entry.picture.width,
            height: entry.picture.height,
          },
        };
  const reply = await requests.send({ key, room, text, ...carried });
  if (reply === undefined) return { kind: "lost" };
  if (reply.ok) return { kind: "stored", message: reply.message };
  const { code, text: reason, retryAfterMs } = reply.error;
  return code === "too-fast"
    ? { kind: "later", afterMs: retryAfterMs ?? 1000 }
    : { kind: "refused", text: reason };
}
