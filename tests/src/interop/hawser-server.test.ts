// npm socket.io-client, unchanged, on Hawser's server.
import { spine } from "../spine/spine.ts";

spine("hawser", "socket.io");
