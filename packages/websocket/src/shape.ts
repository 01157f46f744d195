import * as named from "./named.ts";
import { WebSocket } from "./websocket.ts";

// `require` gives the class, so everything else is found on it; `import` gives it too, so that both read alike.
Object.assign(WebSocket, named, { WebSocket });

export { WebSocket };
