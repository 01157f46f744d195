import { describe } from "vitest";
import { event, plain, same } from "./both.ts";
import type { Run, Ws } from "./both.ts";

const types = ["open", "message", "error", "close"] as const;
type Type = (typeof types)[number];
type Handler = (given: object) => void;

/** What of an event can be compared. */
function fields(socket: Ws, given: object): unknown {
  const all = given as Record<string, unknown>;
  const names = ["type", "data", "code", "reason", "wasClean", "message", "error"];
  const picked = names
    .filter((name) => name in given && name !== "message")
    .map((name) => [name, plain(all[name])]);
  return [picked, all["target"] === socket];
}

const attribute = (type: Type): "onopen" => `on${type}` as "onopen";

describe("listeners of the browser's kind", () => {
  same("attributes are set, replaced and taken away", ({ api: { WebSocket }, see, later }) => {
    const socket = new WebSocket("ws://127.0.0.1:1");
    socket.on("error", () => {});
    later(() => socket.terminate());
    for (const type of types) {
      const name = attribute(type);
      see(name, socket[name], socket.listenerCount(type));
      for (const value of [() => {}, () => {}, {}, 1, null, undefined, "x", () => {}]) {
        socket[name] = value as never;
        see(typeof socket[name], socket[name] === value, socket.listenerCount(type));
      }
      socket.removeAllListeners(type);
      see(socket[name], socket.listenerCount(type));
      if (type === "error") socket.on("error", () => {});
    }
  });

  same("are added once, and removed", ({ api: { WebSocket }, see, later }) => {
    const socket = new WebSocket("ws://127.0.0.1:1");
    later(() => socket.on("error", () => {}).terminate());
    const listener = (): void => {};
    const object = { handleEvent: listener };
    for (const type of [
      "open",
      "message",
      "error",
      "close",
      "upgrade",
      "foo",
      "ping",
      "toString",
    ]) {
      const known = type as "open";
      socket.addEventListener(known, listener);
      socket.addEventListener(known, listener);
      socket.addEventListener(known, listener, { once: true });
      socket.addEventListener(known, object);
      socket.addEventListener(known, object);
      see(type, socket.listenerCount(type), socket.listeners(type).length);
      socket.on(type, listener);
      if (types.includes(known)) socket[attribute(known)] = listener as never;
      see(socket.listenerCount(type));
      const stranger = (): void => {};
      socket.removeEventListener(known, stranger);
      socket.removeEventListener(known, listener);
      socket.removeEventListener(known, listener);
      see(socket.listenerCount(type));
      socket.removeEventListener(known, object);
      see(socket.listenerCount(type));
      socket.off(type, listener);
      see(socket.listenerCount(type));
      socket.addEventListener(known, listener, { once: true });
      socket.removeEventListener(known, listener);
      see(socket.listenerCount(type));
    }
  });

  async function story(
    run: Run,
    add: (socket: Ws, type: Type, handler: Handler) => void,
  ): Promise<void> {
    const { server, url } = await run.listen();
    server.on("connection", (peer) => {
      peer.on("message", (data, isBinary) => {
        peer.send(data, { binary: isBinary });
        if (isBinary) peer.close(4000, "bye");
      });
    });
    const socket = run.dial(url);
    for (const type of types) add(socket, type, (given) => run.see(fields(socket, given)));
    await event(socket, "open");
    socket.send("grüße");
    socket.send(Buffer.from([1, 2]));
    await event(socket, "close");
    socket.emit("message", Buffer.from("late"), false);
  }

  same("attributes hear", (run) =>
    story(run, (socket, type, handler) => {
      socket[attribute(type)] = handler as never;
    }),
  );
  same("functions hear", (run) =>
    story(run, (socket, type, handler) => socket.addEventListener(type, handler)),
  );
  same("objects hear", (run) =>
    story(run, (socket, type, handler) => {
      const object = {
        handleEvent(this: unknown, given: object) {
          run.see(this === object);
          handler(given);
        },
      };
      socket.addEventListener(type, object);
    }),
  );
  same("hear once", (run) =>
    story(run, (socket, type, handler) => socket.addEventListener(type, handler, { once: true })),
  );
  same("in the order in which they were added, with those of on", (run) =>
    story(run, (socket, type, handler) => {
      socket.on(type, () => run.see("on", type));
      socket.addEventListener(type, handler);
      socket[attribute(type)] = ((given: object) => {
        run.see("attribute");
        handler(given);
      }) as never;
      socket.prependListener(type, () => run.see("first", type));
    }),
  );
  same("`this` is the socket", (run) =>
    story(run, (socket, type) => {
      socket.addEventListener(type, function heard(this: unknown) {
        run.see(type, this === socket);
      });
    }),
  );

  same("error, and a close that is not clean", async (run) => {
    const socket = run.dial("ws://127.0.0.1:1");
    for (const type of types)
      socket.addEventListener(type, (given) => run.see(fields(socket, given)));
    await event(socket, "close");
  });

  same("data in the form that binaryType says", async (run) => {
    const { client, peer } = await run.pair();
    for (const type of ["nodebuffer", "arraybuffer", "fragments", "blob"]) {
      client.binaryType = type as "nodebuffer";
      for (const data of ["text", Buffer.from("bytes"), Buffer.alloc(0), ""]) {
        peer.send(data);
        const [[message, isBinary], { data: given }] = await Promise.all([
          event(client, "message") as Promise<[unknown, boolean]>,
          new Promise<{ data: unknown }>((resolve) => {
            client.onmessage = resolve;
          }),
        ]);
        const name = (value: unknown): string => Object.prototype.toString.call(value);
        run.see(type, data, name(message), Buffer.isBuffer(message), isBinary, name(given));
        if (message instanceof Blob) run.see(await message.text(), message.size);
        if (message instanceof ArrayBuffer) run.see(message.byteLength);
      }
    }
  });
});
