// Hawser's server and client with each other, as they are published.
import { spine } from "../spine/spine.ts";

spine("hawser", "hawser");
