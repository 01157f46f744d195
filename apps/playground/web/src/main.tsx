import { io } from "@hawser/client";
import { render } from "preact";
import { chatNamespace } from "../../shared/chat/events.ts";
import type { ChatSocket } from "./apps/chat/model/chat-requests.ts";
import { Chat } from "./apps/chat/model/chat.ts";
import { ChatApp } from "./apps/chat/view/chat-app.tsx";
import { Router } from "./shell/router.ts";
import "./styles/tokens.css";
import "./styles/base.css";

const socket: ChatSocket = io(chatNamespace, {
  autoConnect: false,
  reconnectionDelay: 500,
  reconnectionDelayMax: 5000,
});

const root = document.querySelector("#app");
if (root !== null) render(<ChatApp chat={new Chat(socket, new Router())} />, root);
