import { section } from "../harness/case.ts";
import { next } from "../harness/tools.ts";
import { connectTo } from "./client-tools.ts";
import type { ServerSocket } from "../../src/support/pairing.ts";
import type { Stage } from "../harness/stage.ts";

// Private in npm's types, and yet what people look at.
const nspOf = (client: object): unknown => (client as { nsp?: string }).nsp;

/** Where sockets of these addresses arrive: namespace, and the query that is theirs. */
async function arrivals(
  it: Stage,
  forms: readonly [path: string, query?: Record<string, unknown>][],
  scheme = "http:",
): Promise<unknown> {
  const world = await it.open({ setup: (io) => void io.of(/^\/./) });
  const seen: unknown[] = [];
  for (const [path, query] of forms) {
    const arrived = next<[ServerSocket]>(world.io, "connection");
    const other = new Promise<ServerSocket>((resolve) => {
      world.io.on("new_namespace", (space) => {
        if (space.name !== "/") space.once("connection", resolve);
      });
    });
    const uri = world.url.replace("http:", scheme) + path;
    const client = connectTo(it, uri, query && { query });
    const first = await Promise.race([arrived.then(([socket]) => socket), other]);
    const { EIO, transport, t, ...own } = first.handshake.query;
    seen.push([path, nspOf(client), first.nsp.name, own, EIO, typeof transport, typeof t]);
    client.disconnect();
  }
  return seen;
}

export const clientAddresses = section("Client: addresses", "client-initialization/", {
  "the namespace is the path of the address": (it) =>
    arrivals(it, [[""], ["/"], ["/chat"], ["/chat/"], ["/a/b"], ["/a b/é"], ["/@a:b"], ["/%41"]]),

  "the query of the address": (it) =>
    arrivals(it, [
      ["?a=1&b=2"],
      ["/?a=1"],
      ["/n?a=1"],
      ["/?a=%20%26&b=é"],
      ["/?token=a+b/c=="],
      ["/?a"],
      ["/?a=1#part"],
    ]),

  "the option query": (it) =>
    arrivals(it, [
      ["", { a: 1, b: true, c: "text" }],
      ["/n", { "&a": "&=?a é", plus: "a+b" }],
      ["/", { list: [1, 2], nothing: null }],
      ["/?a=1", { b: 2 }],
    ]),

  "http: is not the only scheme": (it) => arrivals(it, [["/n?a=1"]], "ws:"),

  IPv6: async (it) => {
    const world = await it.open();
    // Only the name is looked at: not every machine has the address.
    const client = connectTo(it, `http://[::1]:${world.port}/n?a=1`, { autoConnect: false });
    return nspOf(client);
  },

  "which sockets share a connection": async (it) => {
    const world = await it.open();
    const { url } = world;
    const make = (path: string, options = {}) =>
      connectTo(it, url + path, { autoConnect: false, forceNew: false, ...options });
    const first = make("/");
    const same = (path: string, options = {}): boolean => make(path, options).io === first.io;
    return {
      "another namespace": same("/a"),
      "and again": same("/a"),
      "the same namespace": same("/"),
      forceNew: same("/b", { forceNew: true }),
      multiplex: same("/c", { multiplex: false }),
      "another path": same("/d", { path: "/other" }),
      "a query": same("/e?x=1"),
      sockets: make("/f") === make("/f"),
      options: make("/g", { auth: { a: 1 } }).auth,
    };
  },

  "autoConnect of the first counts": async (it) => {
    const world = await it.open();
    const first = connectTo(it, world.url, { autoConnect: false, forceNew: false });
    const second = connectTo(it, `${world.url}/b`, { autoConnect: true, forceNew: false });
    return [first.active, second.active, first.io === second.io];
  },

  "two of the same namespace": async (it) => {
    const world = await it.open();
    const one = connectTo(it, world.url, { forceNew: false });
    const two = connectTo(it, world.url, { forceNew: false });
    await Promise.all([next(one, "connect"), next(two, "connect")]);
    return [one === two, one.io === two.io, world.io.engine.clientsCount];
  },

  "only options: hostname and port": async (it) => {
    const world = await it.open();
    const { Manager } = it.clientLib;
    const socket = connectTo(it, world.url, { autoConnect: false });
    const manager = new Manager({
      ...socket.io.opts,
      hostname: "127.0.0.1",
      port: world.port,
      autoConnect: false,
    });
    const root = manager.socket("/");
    it.after(() => root.disconnect());
    root.connect();
    await next(root, "connect");
    return [root.connected, manager.opts.path];
  },

  "the path": async (it) => {
    const world = await it.open({ options: { path: "/deep/down" } });
    const client = connectTo(it, world.url, { path: "/deep/down/" });
    await next(client, "connect");
    return client.connected;
  },

  "no slash at the end of the path": async (it) => {
    const world = await it.open({ options: { addTrailingSlash: false } });
    const asked: string[] = [];
    for (const event of ["request", "upgrade"]) {
      world.http.on(event, (request: { url: string }) => asked.push(request.url.split("?")[0]!));
    }
    const client = connectTo(it, world.url, { addTrailingSlash: false });
    await next(client, "connect");
    return [...new Set(asked)];
  },
});
