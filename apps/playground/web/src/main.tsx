import { io } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { render } from "preact";
import { chatNamespace } from "../../shared/chat/events.ts";
import type { ChatSocket } from "./apps/chat/model/chat-requests.ts";
import { Chat } from "./apps/chat/model/chat.ts";
import { ChatApp } from "./apps/chat/view/chat-app.tsx";
import { Router } from "./shell/router.ts";
import "./styles/tokens.css";
import "./styles/base.css";

// Pages that are not from this computer and not over https have no locks, which the outbox of several tabs needs.
const storage = "locks" in navigator ? "indexeddb" : "memory";

const socket: ChatSocket = io(chatNamespace, {
  autoConnect: false,
  // Pictures wait as well.
  durable: durable({ storage, maxBytes: 100_000_000 }),
  reconnectionDelay: 500,
  reconnectionDelayMax: 5000,
});

const root = document.querySelector("#app");
if (root !== null) render(<ChatApp chat={new Chat(socket, new Router())} />, root);
