import { createHash } from "node:crypto";
import { createServer, Agent } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientOptions } from "ws";
import { describe } from "vitest";
import { event, same } from "./both.ts";
import type { Run } from "./both.ts";

const accept = (request: IncomingMessage): string =>
  createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");

/** A server that answers an upgrade with these lines; a function gets the request. */
async function answers(
  run: Run,
  lines: (request: IncomingMessage) => readonly string[],
  seen?: (request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer();
  server.on("upgrade", (request, socket: Duplex) => {
    seen?.(request);
    socket.on("error", () => {});
    run.later(() => socket.destroy());
    socket.write([...lines(request), "", ""].join("\r\n"));
  });
  return `ws://${await run.http(server)}`;
}

const accepted = (request: IncomingMessage): string[] => [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${accept(request)}`,
];

/** Notes the headers that a client sends, but for what is random. */
function noteHeaders(run: Run, request: IncomingMessage): void {
  const headers = { ...request.headers };
  run.see(headers["sec-websocket-key"]?.length, headers.host?.replace(/\d+$/, "port"));
  delete headers["sec-websocket-key"];
  delete headers.host;
  run.see(request.method, request.url, request.httpVersion, headers);
}

describe("the request of a client", () => {
  const cases: [string, string | string[] | undefined, ClientOptions, string][] = [
    ["as it is", undefined, {}, "/"],
    ["without compression", undefined, { perMessageDeflate: false }, "/a/b?c=d&e=%20#"],
    ["protocols", ["a", "b"], { perMessageDeflate: false }, "/"],
    ["one protocol", "a", { perMessageDeflate: false }, "/"],
    ["origin", undefined, { origin: "https://example.com:8000" }, "/"],
    ["version 8", undefined, { origin: "http://a", protocolVersion: 8 }, "/"],
    ["headers", undefined, { headers: { Cookie: "foo=bar", "X-A": "1", origin: "x" } }, "/"],
    [
      "headers instead of its own",
      undefined,
      { headers: { host: "other", upgrade: "websocket" } },
      "/",
    ],
    ["auth", undefined, { auth: "user:pass:word" } as ClientOptions, "/"],
    [
      "auth and headers",
      undefined,
      { auth: "u:p", headers: { Authorization: "Own" } } as ClientOptions,
      "/",
    ],
    [
      "what the URL says is not for options",
      undefined,
      {
        protocol: "foo:",
        host: "nowhere.invalid",
        hostname: "nowhere.invalid",
        port: 1,
        path: "/other",
        method: "POST",
        socketPath: undefined,
      } as ClientOptions,
      "/path",
    ],
  ];
  for (const [name, protocols, options, path] of cases) {
    same(name, async (run) => {
      const url = await answers(
        run,
        () => ["HTTP/1.1 400 No"],
        (request) => noteHeaders(run, request),
      );
      await run.story(run.dial(url + path.replace("#", ""), protocols, options));
    });
  }

  same("user and password of the URL", async (run) => {
    const url = await answers(
      run,
      () => ["HTTP/1.1 400 No"],
      (request) => noteHeaders(run, request),
    );
    for (const user of ["user:pass", "user", "us%3Aer:p%40ss", ":pass"]) {
      await run.story(
        run.dial(url.replace("//", `//${user}@`), undefined, { auth: "a:b" } as ClientOptions),
      );
    }
  });

  same("over IPv6", async (run) => {
    const server = createServer();
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      run.see(request.headers.host?.replace(/\d+$/, "port"));
      socket.end("HTTP/1.1 400 No\r\n\r\n");
    });
    run.later(() => server.close());
    server.listen(0, "::1");
    await event(server, "listening");
    await run.story(run.dial(`ws://[::1]:${(server.address() as { port: number }).port}`));
  });

  same("over a unix socket", async (run) => {
    const path = join(
      tmpdir(),
      `hawser-${process.pid}-${Math.random().toString(36).slice(2)}.sock`,
    );
    const server = createServer();
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      noteHeaders(run, request);
      socket.end("HTTP/1.1 400 No\r\n\r\n");
    });
    await run.http(server, path);
    for (const rest of ["", ":", ":/", ":/foo?bar=bas", ":/foo:bar"])
      await run.story(run.dial(`ws+unix://${path}${rest}`));
  });

  same("finishRequest", async (run) => {
    const url = await answers(
      run,
      () => ["HTTP/1.1 400 No"],
      (request) => noteHeaders(run, request),
    );
    const client = run.dial(url, [], {
      perMessageDeflate: false,
      finishRequest(request, websocket) {
        run.see(websocket.readyState, typeof request.setHeader);
        request.setHeader("X-Late", "1");
        process.nextTick(() => request.end());
      },
    });
    await run.story(client);
  });

  same("agent and createConnection", async (run) => {
    const url = await answers(run, accepted);
    class Noting extends Agent {
      addRequest(...args: unknown[]): void {
        run.see("agent");
        Reflect.apply(
          (Agent.prototype as unknown as { addRequest: () => void }).addRequest,
          this,
          args,
        );
      }
    }
    const agent = new Noting();
    await event(run.dial(url, [], { agent, perMessageDeflate: false }), "open");
    const client = run.dial(url, [], {
      perMessageDeflate: false,
      createConnection: ((options: { host: string; port: number; path: unknown }) => {
        run.see(options.host, options.path ?? null);
        return connect({ host: options.host, port: options.port });
      }) as never,
    });
    await event(client, "open");
  });
});

describe("the answer to a client", () => {
  const wrong: Record<string, (request: IncomingMessage) => string[]> = {
    "no Upgrade header": (request) =>
      accepted(request).filter((line) => !line.startsWith("Upgrade")),
    "another Upgrade": (request) =>
      accepted(request).map((line) => line.replace("e: websocket", "e: foo")),
    "Upgrade in capitals": (request) =>
      accepted(request).map((line) => line.replace("e: websocket", "e: WebSocket")),
    "no key": (request) => accepted(request).slice(0, 3),
    "a wrong key": (request) => [
      ...accepted(request).slice(0, 3),
      "Sec-WebSocket-Accept: CxYS6+NgJSBG74mdgLvGscRvpns=",
    ],
    "a protocol that was not asked for": (request) => [
      ...accepted(request),
      "Sec-WebSocket-Protocol: foo",
    ],
    "an empty protocol": (request) => [...accepted(request), "Sec-WebSocket-Protocol:"],
    "an extension that was not asked for": (request) => [
      ...accepted(request),
      "Sec-WebSocket-Extensions: foo",
    ],
    "a malformed extension": (request) => [
      ...accepted(request),
      "Sec-WebSocket-Extensions: foo;=bar",
    ],
    "compression that was not asked for": (request) => [
      ...accepted(request),
      "Sec-WebSocket-Extensions: permessage-deflate",
    ],
    "as it should be": accepted,
  };
  for (const [name, lines] of Object.entries(wrong)) {
    same(name, async (run) => {
      const client = run.dial(await answers(run, lines), [], { perMessageDeflate: false });
      client.on("upgrade", (response) =>
        run.see("upgrade", response.statusCode, client.readyState),
      );
      client.on("open", () => client.terminate());
      await run.story(client);
      run.see(client.protocol, client.extensions);
    });
  }
  same("protocols that were asked for", async (run) => {
    for (const chosen of ["a", "b", "c", "A", "a, b", undefined]) {
      const url = await answers(run, (request) => [
        ...accepted(request),
        ...(chosen === undefined ? [] : [`Sec-WebSocket-Protocol: ${chosen}`]),
      ]);
      const client = run.dial(url, ["a", "b"]);
      client.on("open", () => client.terminate());
      await run.story(client);
      run.see(chosen, client.protocol);
    }
  });

  same("another status is an error that names it", async (run) => {
    for (const status of [200, 204, 301, 400, 401, 404, 426, 500, 503]) {
      const http = createServer((_request, response) =>
        response.writeHead(status, { location: "/x" }).end(),
      );
      const client = run.dial(`ws://${await run.http(http)}`);
      client.on("error", (error) => run.see(error.message));
      await run.story(client);
    }
  });

  same("unexpected-response hands it over", async (run) => {
    const http = createServer((_request, response) => response.writeHead(401).end("body"));
    const client = run.dial(`ws://${await run.http(http)}`);
    const story = run.story(client);
    const [request, response] = (await event(client, "unexpected-response")) as [
      unknown,
      IncomingMessage,
    ];
    let body = "";
    for await (const chunk of response) body += String(chunk);
    run.see(response.statusCode, body, client.readyState, request !== undefined);
    client.terminate();
    await story;
  });

  same("unexpected-response, and the request is destroyed", async (run) => {
    const http = createServer((_request, response) => response.writeHead(401).write("body"));
    const client = run.dial(`ws://${await run.http(http)}`);
    client.on("unexpected-response", (request, response) => {
      run.see(response.statusCode);
      response.on("error", () => {});
      response.on("close", () => {
        run.see("closed", client.readyState);
        client.close();
      });
      request.destroy();
    });
    await run.story(client);
  });

  same("no answer in time", async (run) => {
    const client = run.dial(
      await answers(run, () => ["HTTP/1.1 101 Switching Protocols"].slice(1)),
      [],
      {
        handshakeTimeout: 50,
      },
    );
    client.on("error", (error) => run.see(error.message));
    await run.story(client);
  });

  same("the line breaks before the answer", async (run) => {
    const http = createServer();
    http.on("upgrade", (_request, socket: Duplex) => socket.destroy());
    await run.story(run.dial(`ws://${await run.http(http)}`));
  });

  same("nobody is there", (run) => run.story(run.dial("ws://127.0.0.1:1")));

  same("what comes with the answer is read after open", async (run) => {
    const http = createServer();
    http.on("upgrade", (request, socket: Duplex) => {
      const head = [...accepted(request), "", ""].join("\r\n");
      socket.end(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 2, 0x68, 0x69, 0x88, 0])]));
    });
    await run.story(run.dial(`ws://${await run.http(http)}`, [], { perMessageDeflate: false }));
  });
});

/** A server that redirects, by path, and accepts at the end. */
async function redirecting(
  run: Run,
  target: (request: IncomingMessage, port: string) => string | undefined,
  status = 302,
): Promise<string> {
  const http = createServer();
  const own = await run.http(http);
  http.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    const { authorization, cookie, host, "x-a": extra } = request.headers;
    run.see(request.url, authorization, cookie, host?.replace(/\d+$/, "port"), extra);
    const location = target(request, own);
    if (location === undefined) socket.write([...accepted(request), "", ""].join("\r\n"));
    else socket.end(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n\r\n`);
    run.later(() => socket.destroy());
  });
  return own;
}

describe("redirects", () => {
  const follow: ClientOptions = { followRedirects: true, perMessageDeflate: false };
  const credentials = { headers: { Authorization: "Basic secret", Cookie: "a=b", "X-A": "1" } };

  for (const status of [300, 301, 302, 303, 307, 308, 399]) {
    same(`${status} is followed`, async (run) => {
      const host = await redirecting(
        run,
        ({ url }) => (url === "/" ? "/next?x" : undefined),
        status,
      );
      const client = run.dial(`ws://${host}/`, [], follow);
      client.on("redirect", (url, request) => {
        run.see("redirect", url.replace(host, "host"), client.readyState);
        run.see(client.url.replace(host, "host"), typeof request.getHeader("sec-websocket-key"));
      });
      client.on("open", () => client.terminate());
      await run.story(client);
      run.see(client.url.replace(host, "host"));
    });
  }

  same("not followed unless told to", async (run) => {
    const host = await redirecting(run, () => "/next");
    await run.story(run.dial(`ws://${host}/`));
  });

  same("too many", async (run) => {
    const host = await redirecting(run, ({ url }) => `/${Number(url?.slice(1)) + 1}`);
    for (const maxRedirects of [0, 2, undefined]) {
      const client = run.dial(`ws://${host}/0`, [], {
        ...follow,
        maxRedirects: maxRedirects ?? 10,
      });
      client.on("error", (error) => run.see(error.message));
      await run.story(client);
    }
  });

  same("to nowhere", async (run) => {
    for (const location of [
      "ftp://x/",
      "http://",
      "ws://",
      "ws://127.0.0.1:1/#frag",
      "//",
      "mailto:x",
    ]) {
      const host = await redirecting(run, () => location);
      await run.story(run.dial(`ws://${host}/`, [], follow));
    }
  });

  same("credentials stay on the same host", async (run) => {
    for (const start of ["ws://", "ws://user:pass@", "ws://user:pass@"]) {
      const host = await redirecting(run, ({ url }, own) =>
        url === "/" ? `http://${own}/a` : undefined,
      );
      const client = run.dial(
        `${start}${host}/`,
        [],
        start === "ws://" ? { ...follow, ...credentials } : follow,
      );
      client.on("open", () => client.terminate());
      await run.story(client);
    }
  });

  same("credentials are left behind when the host changes", async (run) => {
    for (const options of [credentials, { auth: "u:p" }, {}] as ClientOptions[]) {
      const other = await redirecting(run, () => undefined);
      const host = await redirecting(run, ({ url }) =>
        url === "/" ? `ws://${other}/b` : undefined,
      );
      const user = "auth" in options || "headers" in options ? "" : "user:pass@";
      const client = run.dial(`ws://${user}${host}/`, [], { ...follow, ...options });
      client.on("open", () => client.terminate());
      await run.story(client);
    }
  });

  same("a listener of redirect decides by itself", async (run) => {
    const other = await redirecting(run, () => undefined);
    const host = await redirecting(run, () => `ws://${other}/b`);
    const client = run.dial(`ws://${host}/`, [], { ...follow, ...credentials });
    client.on("redirect", (_url, request) => {
      run.see(request.getHeader("authorization"), request.getHeader("cookie"));
      request.removeHeader("cookie");
    });
    client.on("open", () => client.terminate());
    await run.story(client);
  });

  same("with credentials in the location", async (run) => {
    const host = await redirecting(run, ({ url }, own) =>
      url === "/" ? `ws://x:y@${own}/a` : undefined,
    );
    const client = run.dial(`ws://u:p@${host}/`, [], follow);
    client.on("open", () => client.terminate());
    await run.story(client);
  });

  for (const act of ["close", "terminate", "destroy"] as const) {
    same(`${act} while one is followed`, async (run) => {
      const host = await redirecting(run, ({ url }) => (url === "/" ? "/a" : undefined));
      const client = run.dial(`ws://${host}/`, [], follow);
      client.on("redirect", (_url, request) => {
        if (act === "destroy") request.destroy(new Error("Oops"));
        else client[act]();
      });
      client.on("error", (error) => run.see(error.message));
      await run.story(client);
    });
  }
});

describe("giving up", () => {
  for (const act of ["close", "terminate"] as const) {
    same(`${act} while connecting`, async (run) => {
      const { url } = await run.listen();
      const client = run.dial(url);
      client.on("error", (error) => run.see(error.message));
      const story = run.story(client);
      client[act]();
      run.see(client.readyState);
      client[act]();
      await story;
      client[act]();
      run.see(client.readyState);
    });
    same(`${act} in the listener of upgrade`, async (run) => {
      const { url } = await run.listen();
      const client = run.dial(url);
      client.on("upgrade", () => client[act]());
      await run.story(client);
    });
    same(`${act} in the listener of open`, async (run) => {
      const { url } = await run.listen();
      const client = run.dial(url);
      client.on("open", () => client[act]());
      await run.story(client);
    });
    same(`${act} in the listener of error`, async (run) => {
      const client = run.dial("ws://127.0.0.1:1");
      client.on("error", () => client[act]());
      await run.story(client);
    });
  }
});
