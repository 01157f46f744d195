// npm's peers with each other: what these cases demand is what Socket.IO does.
import { spine } from "../spine/spine.ts";

spine("socket.io", "socket.io");
