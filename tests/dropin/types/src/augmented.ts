// What applications and plug-ins add to other people's types.
import type { Server, Socket } from "socket.io";

declare module "socket.io" {
  interface Socket {
    session?: { user: string };
    user?: { id: number; name: string };
    auth?: string;
    username: string;
    waiting?: boolean;
  }
  interface Server {
    stats?: () => number;
  }
  interface Namespace {
    label?: string;
  }
}
declare module "node:http" {
  interface IncomingMessage {
    account?: { id: number };
  }
}

export function who(socket: Socket, server: Server): string {
  socket.session = { user: "u" };
  socket.user = { id: 1, name: "ann" };
  socket.username = socket.user.name + String(socket.auth) + String(socket.waiting);
  server.of("/").label = "main";
  // @ts-expect-error the account's number is no text
  const id: string | undefined = socket.request.account?.id;
  return socket.session.user + String(server.stats?.()) + String(id);
}
