import { Agent, createServer } from "node:http";
import { Agent as HttpsAgent, createServer as createHttpsServer } from "node:https";
import { tls } from "../../src/support/fixtures.ts";
import { section } from "../harness/case.ts";
import { next } from "../harness/tools.ts";
import { connectTo, ending, shown } from "./client-tools.ts";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import type { ClientOptions } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

/** The requests that come to a server, from now on. */
function requestsTo(world: World): IncomingMessage[] {
  const seen: IncomingMessage[] = [];
  world.http.on("request", (request) => seen.push(request));
  world.http.on("upgrade", (request) => seen.push(request));
  return seen;
}

const queryOf = ({ url }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url!.split("?")[1]);

/** Options of the client that only show in Node.js, where it makes its requests by itself. */
export const clientOptions = section("Client options", "client-options/", {
  "extraHeaders, with every request": async (it) => {
    const world = await it.open();
    const requests = requestsTo(world);
    const headers = { "X-A": "b", authorization: "Bearer x", Cookie: "a=b", "User-Agent": "ours" };
    await world.connect("", { extraHeaders: headers });
    const names = ["x-a", "authorization", "cookie", "user-agent"];
    return new Set(requests.map(({ headers: got }) => names.map((name) => got[name]).join()));
  },

  "timestampRequests and timestampParam": async (it) => {
    const world = await it.open();
    const forms = [
      {},
      { timestampRequests: true },
      { timestampRequests: false },
      { timestampRequests: true, timestampParam: "stamp" },
    ];
    const seen: unknown[] = [];
    for (const options of forms) {
      const requests = requestsTo(world);
      const client = await world.connect("", options);
      seen.push([queryOf(requests[0]!).has("t"), queryOf(requests[0]!).has("stamp")]);
      client.disconnect();
      world.http.removeAllListeners("noted");
    }
    return seen;
  },

  forceBase64: async (it) => {
    const world = await it.open();
    const requests = requestsTo(world);
    const client = await world.connect("", { forceBase64: true });
    const server = world.serverSide(client)!;
    server.on("echo", (bytes, done) => done(bytes));
    const echoed = await client.emitWithAck("echo", Buffer.from([1, 2, 3]));
    return [echoed, queryOf(requests[0]!).get("b64")];
  },

  agent: async (it) => {
    const world = await it.open();
    const agent = new Agent({ keepAlive: true });
    it.after(() => agent.destroy());
    let used = 0;
    const { createConnection } = agent as unknown as {
      createConnection: (...args: unknown[]) => unknown;
    };
    Object.assign(agent, {
      createConnection(...args: unknown[]) {
        used += 1;
        return createConnection.apply(agent, args);
      },
    });
    await world.connect("", { agent: agent as unknown as string });
    const none = await world.connect("", { agent: false });
    return [used > 0, none.connected];
  },

  "TLS: unknown authorities, ca, rejectUnauthorized, agent": async (it) => {
    const https = createHttpsServer(tls);
    const io = new it.lib.Server(https);
    it.after(() => io.close());
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
    const uri = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
    const agent = new HttpsAgent({ rejectUnauthorized: false });
    it.after(() => agent.destroy());
    const forms: Partial<ClientOptions>[] = [
      {},
      { ca: String(tls.cert) },
      { rejectUnauthorized: false },
      { agent: agent as unknown as string },
    ];
    const seen: unknown[] = [];
    for (const options of forms) {
      seen.push(await ending(connectTo(it, uri, { ...options, reconnection: false })));
    }
    seen.push(await ending(connectTo(it, uri.replace("https", "wss"), { ca: String(tls.cert) })));
    return seen;
  },

  "transportOptions win": async (it) => {
    const world = await it.open();
    const requests = requestsTo(world);
    const polling = { extraHeaders: { "x-by": "polling" } };
    const websocket = { extraHeaders: { "x-by": "websocket" } };
    await world.connect("", {
      extraHeaders: { "x-by": "all" },
      transportOptions: { polling, websocket },
    });
    return requests.every(({ headers }, n) => {
      return headers["x-by"] === queryOf(requests[n]!).get("transport");
    });
  },

  "withCredentials: cookies are kept and returned": async (it) => {
    const world = await it.open();
    world.io.engine.on("initial_headers", (headers) => {
      headers["set-cookie"] = ["a=1; Path=/; HttpOnly", "b=x=y", "gone=1; Max-Age=0"] as never;
    });
    const requests = requestsTo(world);
    await world.connect("", { withCredentials: true });
    const kept = requests.slice(1).map(({ headers }) => headers.cookie);
    requests.splice(0);
    await world.connect("");
    return [
      requests.length > 0,
      new Set(kept),
      new Set(requests.map(({ headers }) => headers.cookie)),
    ];
  },

  "protocols: subprotocols are offered": {
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open();
      const requests = requestsTo(world);
      for (const protocols of ["one", ["one", "two"], []]) {
        const client = connectTo(it, world.url, { protocols, reconnection: false });
        await ending(client);
      }
      return requests.map(({ headers }) => headers["sec-websocket-protocol"]?.replaceAll(" ", ""));
    },
  },

  "perMessageDeflate: offered unless it is off": {
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open();
      const requests = requestsTo(world);
      await world.connect("", {});
      await world.connect("", { perMessageDeflate: { threshold: 1 } });
      await world.connect("", { perMessageDeflate: false as never });
      return requests.map(({ headers }) => headers["sec-websocket-extensions"]?.split(";")[0]);
    },
  },

  "transports as classes": async (it) => {
    const world = await it.open();
    const { Fetch, NodeXHR, NodeWebSocket } = it.clientLib;
    const lists = {
      polling: [[Fetch], [NodeXHR]],
      websocket: [[NodeWebSocket]],
      "polling upgraded": [
        [Fetch, NodeWebSocket],
        [NodeXHR, NodeWebSocket],
      ],
    }[it.mode];
    const seen: unknown[] = [];
    for (const transports of lists) {
      const client = await world.connect("", { transports });
      const server = world.serverSide(client)!;
      server.on("echo", (value, done) => done(value));
      seen.push(await client.emitWithAck("echo", { text: "é", bytes: Buffer.from("abc") }));
      seen.push(client.io.engine.transport.name);
      client.disconnect();
    }
    return seen;
  },

  "transports: nothing, and names that are none": async (it) => {
    const world = await it.open();
    const client = connectTo(it, world.url, { transports: [], reconnection: false });
    const [error] = await next<[unknown]>(client, "connect_error");
    return error instanceof Error ? error.message : error;
  },

  "useNativeTimers, autoUnref, requestTimeout, closeOnBeforeunload": async (it) => {
    const world = await it.open();
    const client = await world.connect("", {
      useNativeTimers: true,
      autoUnref: true,
      requestTimeout: 5_000,
      closeOnBeforeunload: true,
    });
    const server = world.serverSide(client)!;
    server.on("echo", (value, done) => done(value));
    return client.timeout(5_000).emitWithAck("echo", 1);
  },

  "an answer that is none of Engine.IO's": async (it) => {
    const seen: unknown[] = [];
    for (const status of [401, 403, 404, 500, 502]) {
      const http = createServer((_request, response) => response.writeHead(status).end("text"));
      it.after(() => http.close());
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      const { port } = http.address() as AddressInfo;
      const client = connectTo(it, `http://127.0.0.1:${port}`, { reconnection: false });
      const [error] = await next<[Error & { description?: Error }]>(client, "connect_error");
      seen.push([shown(error), error.description?.message]);
      http.closeAllConnections();
    }
    return seen;
  },

  "a server that lets nobody in": async (it) => {
    const world = await it.open({
      options: { allowRequest: (_request, decide) => decide("no entry", false) },
    });
    const client = connectTo(it, world.url, { reconnection: false });
    return ending(client);
  },

  "another path than the server's": async (it) => {
    const world = await it.open();
    world.http.on("request", (_request, response) => {
      if (!response.headersSent) response.writeHead(404).end();
    });
    const client = connectTo(it, world.url, { path: "/elsewhere", reconnection: false });
    return ending(client);
  },
});
