// Hawser's client on npm socket.io, unchanged.
import { spine } from "../spine/spine.ts";

spine("socket.io", "hawser");
