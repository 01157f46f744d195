import type { ServerOptions } from "hawser";
import { chatNamespace } from "../shared/chat/events.ts";
import type { Message } from "../shared/chat/events.ts";
import { roomOfQuery } from "../shared/chat/room-id.ts";
import { paths } from "../shared/chat/wire.ts";
import { maySubscribe } from "./chat/chat-app.ts";
import type { Wire } from "../shared/chat/wire.ts";
import type { PublishKey } from "./publish-key.ts";

/** Those that are switched on. */
export const wires: readonly Wire[] = ["json", "msgpack", "text", "sse", "http"];

type Languages = Pick<ServerOptions, "plain" | "sse" | "publish" | "subscribe">;

/** The wires besides Socket.IO, all on the same port and in the same rooms. */
export function languages({ entry }: PublishKey): Languages {
  return {
    plain: [
      { path: paths.plain },
      {
        path: paths.text,
        mode: "raw",
        namespace: chatNamespace,
        decode: (line, socket) => ["say", roomOfQuery(socket.handshake.query), String(line)],
        encode: (event, [message]) =>
          event === "message" ? lineOf(message as Message) : undefined,
      },
    ],
    sse: { path: paths.sse },
    publish: entry === undefined ? {} : { keys: [entry] },
    subscribe: maySubscribe,
  };
}

function lineOf({ author, text }: Partial<Message>): string {
  return `${author?.name ?? "HTTP"}: ${text ?? ""}`;
}
