import * as named from "./named.ts";
import { WebSocketServer } from "./server/server.ts";
import { WebSocket } from "./socket/websocket.ts";

/** What one build has made is an instance for the other, too. Of a class that extends it, only its own are. */
function recognise(Class: typeof WebSocket | typeof WebSocketServer, name: string): void {
  const brand = Symbol.for(`hawser.${name}`);
  Object.defineProperty(Class.prototype, brand, { value: true });
  Object.defineProperty(Class, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this === Class) return typeof value === "object" && value !== null && brand in value;
      return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
    },
  });
}

recognise(WebSocket, "WebSocket");
recognise(WebSocketServer, "WebSocketServer");

// `require` gives the class, so everything else is found on it; `import` gives it too, so that both read alike.
Object.assign(WebSocket, named, { WebSocket });

export { WebSocket };
