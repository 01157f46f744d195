import { createServer } from "node:net";
import { section } from "../harness/case.ts";
import { next, thrown, turns } from "../harness/tools.ts";
import { connectTo, ending } from "./client-tools.ts";
import type { AddressInfo, Socket } from "node:net";

/** Where the client is different on purpose; what only a page can show stands in the client's README. */
export const clientDifferences = section("Client: differences", "client-api/", {
  "listeners() of what was added with once": {
    run: async (it) => {
      const world = await it.open();
      const client = await world.client();
      const listener = (): void => {};
      client.once("e", listener);
      return client.listeners("e")[0] === listener;
    },
    differs: {
      what: "`listeners()`, of what was added with `once`",
      socketIo: "a function of its own",
      hawser: "the listener",
      why: "it is what the caller knows",
      expected: { client: true, both: true },
    },
  },

  "an address without a scheme": {
    run: async (it) => {
      const world = await it.open();
      const client = connectTo(it, world.url.replace("http://", ""), { reconnection: false });
      return (await ending(client)) === "connected";
    },
    differs: {
      what: "an address without a scheme (`localhost:3000`), in Node.js",
      socketIo: "fails to connect",
      hawser: "`http:`, as in a page that was loaded with it",
      why: "pages have a scheme to take, Node.js has none",
      expected: { client: true, both: true },
    },
  },

  "an address that is none": {
    run: (it) => {
      return (
        thrown(() => connectTo(it, "http://:x", { autoConnect: false })) !== "nothing was thrown"
      );
    },
    differs: {
      what: "an address that is none, such as `http://:x`",
      socketIo: "connects to somewhere else",
      hawser: "throws a `TypeError`",
      why: "the mistake is the caller's, and seen best where it is made",
      expected: { client: true, both: true },
    },
  },

  "requestTimeout in Node.js": {
    modes: ["polling"],
    run: async (it) => {
      const silent = createServer();
      const lines: Socket[] = [];
      silent.on("connection", (line) => lines.push(line));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      it.after(() => {
        for (const line of lines) line.destroy();
        silent.close();
      });
      const { port } = silent.address() as AddressInfo;
      const options = { requestTimeout: 20, timeout: 500, reconnection: false };
      const client = connectTo(it, `http://127.0.0.1:${port}`, options);
      const [error] = await next<[Error]>(client, "connect_error");
      return error.message;
    },
    differs: {
      what: "`requestTimeout` of the client, in Node.js",
      socketIo: "does nothing",
      hawser: "ends the request, as in a page",
      why: "an option that does nothing is a trap",
      expected: { client: "xhr poll error", both: "xhr poll error" },
    },
  },

  "a name that is no transport": {
    run: async (it) => {
      const world = await it.open();
      const outcome = thrown(() => {
        const client = connectTo(it, world.url, { transports: ["pigeon"], reconnection: false });
        client.on("connect_error", () => {});
      });
      await turns();
      return outcome === "nothing was thrown";
    },
    differs: {
      what: "`transports` with names that are none, in the client",
      socketIo: "throws a TypeError from within",
      hawser: '`connect_error`: "No transports available", when no other is named',
      why: "as for an empty list",
      expected: { client: true, both: true },
    },
  },
});
