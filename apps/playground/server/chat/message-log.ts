import type { PastEvent, Server } from "hawser";
import type { Message, Page } from "../../shared/chat/events.ts";
import { channelOf } from "../../shared/chat/channel.ts";
import { isMessage, publishedMessage } from "../../shared/chat/published.ts";
import type { ChatNamespace } from "./chat-socket.ts";

/** A message that has a killed server behind it is among the newest. */
const searchedMessages = 1000;

/** What was said: the log of the server's durable delivery, read and written as messages. */
export class MessageLog {
  readonly #io: Server;
  readonly #namespace: ChatNamespace;
  #lastId = 0;

  constructor(io: Server, namespace: ChatNamespace) {
    this.#io = io;
    this.#namespace = namespace;
  }

  /** Ends when the message is in the log; it goes to everybody in its room. */
  async add(said: Omit<Message, "id">): Promise<Message> {
    // The log keeps the order of the calls and gives each message an offset, so that no id of before is higher.
    const id = Math.max(this.#lastId, this.#position.offset) + 1;
    this.#lastId = id;
    const message = { ...said, id };
    await this.#namespace.to(channelOf(said.room)).durable.emit("message", message);
    return message;
  }

  /** A page backwards: the newest, or what is before the page that named `before`. */
  async page(room: string, countMax: number, before?: number): Promise<Page> {
    const end =
      before === undefined ? {} : { before: { epoch: this.#position.epoch, offset: before } };
    const channel = this.#namespace.in(channelOf(room));
    const history = await channel.history({ limit: countMax, ...end });
    const messages = history.events.flatMap((said) => messageOf(said, room) ?? []);
    return history.before === undefined ? { messages } : { messages, older: history.before.offset };
  }

  /** The message, when it is among the newest of its room. */
  async find(room: string, author: string, key: string): Promise<Message | undefined> {
    const { messages } = await this.page(room, searchedMessages);
    return messages.findLast((message) => message.author.id === author && message.key === key);
  }

  get #position(): { readonly epoch: string; readonly offset: number } {
    return this.#io.delivery?.position ?? { epoch: "", offset: 0 };
  }
}

function messageOf({ event, args, position, atMs }: PastEvent, room: string): Message | undefined {
  if (event !== "message") return undefined;
  const raw = args[0];
  return isMessage(raw) ? raw : publishedMessage(raw, { offset: position.offset, room, atMs });
}
