import { createRequire } from "node:module";
import { section } from "../harness/case.ts";

const require = createRequire(import.meta.url);

const names = [
  "Fetch",
  "Manager",
  "NodeWebSocket",
  "NodeXHR",
  "Socket",
  "WebSocket",
  "WebTransport",
  "XHR",
  "connect",
  "default",
  "io",
  "protocol",
] as const;

const packages = { hawser: "@hawser/client", "socket.io": "socket.io-client" } as const;

export const clientModule = section("Client: the module", "client-installation/", {
  "its exports": {
    of: "client",
    modes: ["websocket"],
    run: ({ clientLib }) => {
      const { io, Manager, protocol } = clientLib;
      const carried = io as unknown as typeof clientLib;
      return {
        kinds: names.map((name) => [name, typeof clientLib[name]]),
        same: [clientLib.connect === io, clientLib.default === io],
        carried: [
          carried.Manager === Manager,
          typeof carried.Socket,
          carried.io === io,
          carried.connect === io,
        ],
        protocol,
      };
    },
  },

  "require() gives the function": {
    of: "client",
    modes: ["websocket"],
    run: ({ pairing }) => {
      const io = require(packages[pairing.client]);
      const carried = ["io", "connect", "Manager", "Socket"].map((name) => typeof io[name]);
      return [typeof io, carried, io.io === io, io.connect === io];
    },
  },

  "a socket and a manager are instances of its classes": {
    of: "client",
    run: async (it) => {
      const world = await it.open();
      const client = await world.client();
      // npm's Socket is a type in its module's types, and a class in it.
      const { Socket, Manager } = it.clientLib as unknown as Record<string, new () => object>;
      return [client instanceof Socket!, client.io instanceof Manager!];
    },
  },

  "the class of another transport may extend one": {
    of: "client",
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open();
      class Renamed extends it.clientLib.NodeWebSocket {}
      const client = await world.connect("", { transports: [Renamed] });
      return [client.io.engine.transport instanceof Renamed, client.connected];
    },
  },
});
