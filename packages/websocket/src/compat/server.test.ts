import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "node:net";
import type { VerifyClientCallbackSync } from "ws";
import { describe } from "vitest";
import { event, handshake, plain, same, thrown } from "./both.ts";
import type { Api, Run, Wss } from "./both.ts";

type Info = Parameters<VerifyClientCallbackSync>[0];

/** What comes back on a raw line until it ends, or until an answer that accepts; headers that are named, and the status. */
async function ask(run: Run, url: string, request: string, names: string[] = []): Promise<void> {
  const socket = run.raw(url);
  socket.write(request);
  let text = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const [head = "", body = ""] = text.split("\r\n\r\n", 2);
      const length =
        /content-length: (\d+)/i.exec(head)?.[1] ?? (/^\S+ 101/.test(head) ? 0 : Infinity);
      if (text.includes("\r\n\r\n") && body.length >= Number(length)) resolve();
    });
    socket.on("end", resolve).on("close", () => resolve());
  });
  socket.destroy();
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const [status, ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  run.see(status, ...names.map((name) => [name, headers.get(name)]), body !== "");
  run.see(
    headers.get("content-length") ===
      (headers.has("content-length") ? String(body.length) : undefined),
  );
}

const always = ["connection", "sec-websocket-accept", "sec-websocket-protocol"];
always.push("sec-websocket-extensions", "sec-websocket-version");

describe("the constructor of a server", () => {
  same("wants one of port, server and noServer", async (run) => {
    const { WebSocketServer } = run.api;
    const make = (options?: object): unknown => {
      let server: Wss | undefined;
      const told = thrown(() => (server = new WebSocketServer(options)));
      server?.on("error", () => {}).close();
      return told;
    };
    run.see(
      make(),
      make({}),
      make({ noServer: false }),
      make({ port: null }),
      make({ server: null }),
    );
    run.see(make({ noServer: true, port: 0 }), make({ server: createServer(), port: 0 }));
    run.see(make({ server: createServer(), noServer: true }), make({ noServer: true }));
    run.see(make({ port: 0, host: "127.0.0.1" }), make({ server: createServer() }));
  });

  same("keeps its options, and tracks clients", (run) => {
    const server = new run.api.WebSocketServer({ noServer: true, path: "/x" });
    run.see(server.options.path, server.options.noServer, server.clients instanceof Set);
    const bare = new run.api.WebSocketServer({ noServer: true, clientTracking: false });
    run.see(bare.clients);
  });

  same("calls back when it listens", async (run) => {
    const server = new run.api.WebSocketServer({ port: 0 }, () => run.see("listening"));
    run.later(() => server.close());
    await event(server, "listening");
    const http = createServer();
    const other = new run.api.WebSocketServer({ server: http }, () => run.see("listening"));
    await run.http(http);
    run.see(other.address() === null, typeof other.address());
  });

  same("a port that is taken is an error", async (run) => {
    const { server } = await run.listen();
    const { port } = server.address() as { port: number };
    const other = new run.api.WebSocketServer({ port, host: "127.0.0.1" });
    const [error] = await event(other, "error");
    run.see(plain(error));
  });

  same("address", async (run) => {
    const none = new run.api.WebSocketServer({ noServer: true });
    run.see(thrown(() => none.address()));
    const { server } = await run.listen();
    const address = server.address() as { address: string; family: string };
    run.see(address.address, address.family);
    const http = createServer();
    const path = join(
      tmpdir(),
      `hawser-${process.pid}-${Math.random().toString(36).slice(2)}.sock`,
    );
    const own = new run.api.WebSocketServer({ server: http });
    await run.http(http, path);
    run.see(own.address() === path);
  });
});

describe("handshakes", () => {
  const wrong: Record<string, [Record<string, string>, string?]> = {
    "a good one": [{}],
    "version 8": [{ "Sec-WebSocket-Version": "8" }],
    "a POST": [{}, "POST / HTTP/1.1"],
    "no upgrade": [{ Upgrade: "" }],
    "another upgrade": [{ Upgrade: "foo" }],
    "upgrade in capitals": [{ Upgrade: "WebSocket" }],
    "no key": [{ "Sec-WebSocket-Key": "" }],
    "a short key": [{ "Sec-WebSocket-Key": "P5l8BJcZwRc=" }],
    "a key that is no base64": [{ "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }],
    "no version": [{ "Sec-WebSocket-Version": "" }],
    "version 12": [{ "Sec-WebSocket-Version": "12" }],
    "version x": [{ "Sec-WebSocket-Version": "x" }],
    "an empty protocol": [{ "Sec-WebSocket-Protocol": "foo;" }],
    protocols: [{ "Sec-WebSocket-Protocol": "foo, bar" }],
    "a protocol twice": [{ "Sec-WebSocket-Protocol": "foo,foo" }],
    "an unknown extension": [{ "Sec-WebSocket-Extensions": "foo; bar=1" }],
    "another path": [{}, "GET /other HTTP/1.1"],
    "a query": [{}, "GET /?x=y HTTP/1.1"],
  };
  for (const [name, [lines, start]] of Object.entries(wrong)) {
    same(name, async (run) => {
      const { url } = await run.listen({ path: name === "another path" ? "/path" : "/" });
      await ask(run, url, handshake(lines, start), always);
    });
  }

  same("plain HTTP", async (run) => {
    const { url } = await run.listen();
    await ask(run, url, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [
      "connection",
      "content-type",
    ]);
  });

  same("path", async (run) => {
    const { server, url } = await run.listen({ path: "/foo" });
    server.on("connection", (_peer, request) => run.see("connection", request.url));
    for (const path of ["/foo", "/foo?a=b", "/foo/", "/", "/foobar", "//foo", "/foo%20"])
      await ask(run, url, handshake({}, `GET ${path} HTTP/1.1`));
  });

  same("shouldHandle", async (run) => {
    const { server, url } = await run.listen();
    for (const handles of [true, false]) {
      server.shouldHandle = (request: IncomingMessage) => {
        run.see(request.url);
        return handles;
      };
      await ask(run, url, handshake());
    }
  });

  same("the event headers", async (run) => {
    const { server, url } = await run.listen();
    server.on("headers", (headers, request) => {
      run.see(Array.isArray(headers), headers[0], headers.length, request.url);
      headers.push("X-Foo: bar");
    });
    await ask(run, url, handshake(), [...always, "x-foo"]);
  });

  same("wsClientError", async (run) => {
    const { server, url } = await run.listen();
    server.on("wsClientError", (error, socket, request) => {
      run.see(plain(error), request.method);
      socket.write("HTTP/1.1 418 Teapot\r\n\r\n");
      socket.destroy();
    });
    await ask(run, url, handshake({ "Sec-WebSocket-Key": "" }));
    await ask(run, url, handshake({}, "POST / HTTP/1.1"));
    await ask(run, url, handshake({ "Sec-WebSocket-Version": "1" }));
  });

  same("handleProtocols", async (run) => {
    for (const result of ["second", "", false] as const) {
      const { server, url } = await run.listen({
        handleProtocols(protocols, request) {
          run.see(protocols instanceof Set, [...protocols], request.url);
          return result;
        },
      });
      server.on("connection", (peer) => run.see(result, peer.protocol));
      await ask(run, url, handshake({ "Sec-WebSocket-Protocol": "first, second" }), always);
      await ask(run, url, handshake(), always);
    }
  });
});

describe("verifyClient", () => {
  same("by its result", async (run) => {
    for (const result of [true, false, 1, 0, undefined, null, "x"]) {
      const { url } = await run.listen({
        verifyClient: (info: Info) => {
          run.see(Object.keys(info).sort(), info.origin, info.secure, info.req.url);
          return result as boolean;
        },
      });
      await ask(run, url, handshake({ Origin: "http://foobar.com" }), always);
    }
  });

  same("by calling back", async (run) => {
    const calls: unknown[][] = [
      [true],
      [false],
      [false, 404],
      [false, 404, "text"],
      [false, 401, undefined, { "WWW-Authenticate": "Basic", "Retry-After": 120 }],
    ];
    for (const args of calls) {
      const { url } = await run.listen({
        verifyClient: (_info, done) => void setImmediate(() => done(...(args as [boolean]))),
      });
      await ask(run, url, handshake(), ["www-authenticate", "retry-after", "connection"]);
    }
  });

  same("origin of old clients", async (run) => {
    const { url } = await run.listen({
      verifyClient: (info: Info) => {
        run.see(info.origin);
        return true;
      },
    });
    await ask(
      run,
      url,
      handshake({ "Sec-WebSocket-Origin": "http://old", "Sec-WebSocket-Version": "8" }),
    );
    await ask(run, url, handshake({ "Sec-WebSocket-Origin": "http://old" }));
    await ask(run, url, handshake());
  });
});

describe("closing a server", () => {
  same("tells, and calls back", async (run) => {
    const { server } = await run.listen();
    const order: string[] = [];
    server.on("close", () => order.push("close"));
    await new Promise<void>((resolve) => {
      server.close((error) => {
        order.push(`callback ${String(error)}`);
        resolve();
      });
    });
    run.see([...order]);
  });

  same("twice at once, and again when it is closed", async (run) => {
    const { server } = await run.listen();
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      server.close((error) => told.push(plain(error)));
      server.close((error) => {
        told.push(plain(error));
        resolve();
      });
    });
    await new Promise<void>((resolve) => {
      server.close((error) => {
        told.push(error instanceof Error);
        resolve();
      });
    });
    server.close();
    run.see(told);
  });

  for (const kind of ["noServer", "server"] as const) {
    same(`with ${kind}`, async (run) => {
      const http = createServer();
      const server = new run.api.WebSocketServer(
        kind === "server" ? { server: http } : { noServer: true },
      );
      if (kind === "server") await run.http(http);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      run.see(
        http.listening,
        http.listenerCount("upgrade"),
        http.listenerCount("listening"),
        http.listenerCount("error"),
      );
    });
  }

  same("leaves clients alone, and waits for them", async (run) => {
    const { server, client, peer } = await run.pair();
    const order: string[] = [];
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    void closed.then(() => order.push("server"));
    run.see(client.readyState, peer.readyState, server.clients.size);
    await new Promise((resolve) => setImmediate(resolve));
    run.see([...order]);
    client.close();
    await Promise.all([closed, event(peer, "close")]);
    run.see(order, server.clients.size);
  });

  same("refuses who comes while it closes", async (run) => {
    const http = createServer();
    const server = new run.api.WebSocketServer({ noServer: true });
    const own = await run.http(http);
    http.on("upgrade", (request, socket, head) => {
      server.handleUpgrade(request, socket, head, () => run.see("never"));
    });
    server.close();
    await ask(run, `ws://${own}`, handshake());
  });
});

describe("clients of a server", () => {
  same("come and go", async (run) => {
    const { server, client, peer } = await run.pair();
    run.see(server.clients.size, server.clients.has(peer));
    const gone = event(peer, "close");
    peer.on("close", () => run.see("at close", server.clients.size));
    client.close();
    await gone;
    run.see(server.clients.size);
  });

  same("are of the class that was asked for", async (run) => {
    class Own extends run.api.WebSocket {
      get own(): string {
        return "mine";
      }
    }
    const { server, peer } = await run.pair({ WebSocket: Own as unknown as Api["WebSocket"] });
    run.see(peer instanceof Own, peer instanceof run.api.WebSocket, (peer as Own).own);
    run.see([...server.clients][0] === peer);
  });

  same("get request and socket in the event", async (run) => {
    const { server, url } = await run.listen();
    const got = event(server, "connection");
    run.dial(`${url}/x?y`);
    const [peer, request] = (await got) as [
      { readyState: number },
      IncomingMessage & { socket: Socket },
    ];
    run.see(peer.readyState, request.url, typeof request.socket.remoteAddress);
  });
});

describe("handleUpgrade", () => {
  same("hands over the socket", async (run) => {
    const http = createServer();
    const own = await run.http(http);
    const server = new run.api.WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket: Duplex, head: Buffer) => {
      server.handleUpgrade(request, socket, head, (peer, given) => {
        run.see(peer.readyState, given === request, server.clients.size);
        peer.send("hello");
        peer.close();
      });
      run.see(thrown(() => server.handleUpgrade(request, socket, head, () => {})));
    });
    await run.story(run.dial(`ws://${own}`));
  });

  same("many servers on one, by path", async (run) => {
    const http = createServer();
    const own = await run.http(http);
    const servers = ["/a", "/b"].map((path) => {
      const server = new run.api.WebSocketServer({ noServer: true, path });
      server.on("connection", (peer) => peer.close(4000, path));
      return server;
    });
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const server = servers.find((it) => it.shouldHandle(request) === true);
      if (server === undefined) socket.destroy();
      else
        server.handleUpgrade(request, socket, head, (peer) =>
          server.emit("connection", peer, request),
        );
    });
    for (const path of ["/a", "/b", "/c"]) await run.story(run.dial(`ws://${own}${path}`));
  });
});
