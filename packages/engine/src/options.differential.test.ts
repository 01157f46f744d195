import { once } from "node:events";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { attach as attachOriginal } from "engine.io";
import { describe, expect, it } from "vitest";
import { afterTest, listenLocally } from "../testing/engine.ts";
import { RawLine, send, upgradeHead } from "../testing/raw-http.ts";
import type { RequestInput } from "../testing/raw-http.ts";
import { attach } from "./listen.ts";
import type { EngineOptions } from "./options.ts";

/** The same options for npm engine.io and for this server: what clients see has to agree. */

interface Engine {
  on(event: string, listener: (line: Line) => void): unknown;
  close(): unknown;
}

interface Line {
  readonly id: string;
  send(data: string, options?: object): unknown;
}

type Make = (http: HttpServer, options: EngineOptions) => unknown;

class Subject {
  readonly port: number;
  line: Line | undefined = undefined;

  constructor(engine: Engine, port: number) {
    this.port = port;
    engine.on("connection", (line) => (this.line = line));
  }

  async ask(target: string, input?: RequestInput): Promise<unknown[]> {
    const answer = await send(this.port, target, input);
    const { headers, status } = answer;
    const id = this.line?.id ?? "";
    const encoding = headers["content-encoding"];
    return [
      status,
      encoding,
      headers["set-cookie"]?.map((cookie) => cookie.replace(id, "…")),
      encoding === undefined ? answer.body.replace(id, "…") : "",
    ];
  }
}

async function bothWays(
  options: EngineOptions,
  run: (subject: Subject) => Promise<unknown>,
): Promise<void> {
  const seen: unknown[] = [];
  for (const make of [attachOriginal as unknown as Make, attach as Make]) {
    const http = createServer();
    const engine = make(http, options) as Engine;
    const subject = new Subject(engine, await listenLocally(http));
    afterTest(() => engine.close());
    seen.push(await run(subject));
  }
  expect(seen[1]).toEqual(seen[0]);
}

const poll = "/engine.io/?EIO=4&transport=polling";

describe("the answer to a handshake agrees with npm engine.io", () => {
  const cases: EngineOptions[] = [
    {},
    { cookie: true },
    { cookie: false },
    { cookie: {} },
    { cookie: { name: "x" } },
    { cookie: { name: "x", path: false } },
    { cookie: { name: "x", path: "/y", httpOnly: false, sameSite: "none", secure: true } },
    { cookie: { name: "x", maxAge: 5, domain: "a.example", sameSite: "strict" } },
    { pingInterval: 1_234, pingTimeout: 567, maxHttpBufferSize: 89 },
    { allowUpgrades: false },
    { transports: ["polling"] },
    { initialPacket: "hello" },
    { addTrailingSlash: false },
    { path: "/engine.io/", cors: { origin: "*" } },
    { allowEIO3: true, initialPacket: "hello" },
  ];
  const targets = [
    poll,
    "/engine.io?EIO=4&transport=polling",
    "/engine.io/?EIO=3&transport=polling",
    "/engine.io/?EIO=3&transport=polling&b64=1",
  ];
  for (const options of cases) {
    it(`with ${JSON.stringify(options)}`, async () => {
      await bothWays(options, async (subject) => {
        const seen = [];
        for (const target of targets) {
          // Whoever else listens to the HTTP server would answer: here nobody does.
          const elsewhere = target.startsWith("/engine.io?") && options.addTrailingSlash !== false;
          if (!elsewhere) seen.push(await subject.ask(target));
        }
        return seen;
      });
    });
  }
});

describe("compression of polling answers agrees with npm engine.io", () => {
  const large = "x".repeat(2_000);
  const cases: [options: EngineOptions, data: string, accept: string, send?: object][] = [
    [{}, large, "gzip, deflate, br"],
    [{}, large, "br"],
    [{}, large, "deflate"],
    [{}, large, "identity"],
    [{}, large, "deflate, gzip;q=0.5"],
    [{}, large, ""],
    [{}, "x".repeat(1_022), "gzip"],
    [{}, "x".repeat(1_023), "gzip"],
    [{}, "é".repeat(600), "gzip"],
    [{}, large, "gzip", { compress: false }],
    [{ httpCompression: false }, large, "gzip"],
    [{ httpCompression: true }, large, "gzip"],
    [{ httpCompression: { threshold: 10 } }, "x".repeat(20), "gzip"],
    [{ httpCompression: { threshold: 5_000 } }, large, "gzip"],
  ];
  for (const [options, data, accept, how] of cases) {
    it(`${JSON.stringify(options)} ${data.length} ${accept} ${JSON.stringify(how)}`, async () => {
      await bothWays(options, async (subject) => {
        await subject.ask(poll);
        subject.line?.send(data, how);
        const headers = { "Accept-Encoding": accept };
        return subject.ask(`${poll}&sid=${subject.line?.id}`, { headers });
      });
    });
  }
});

describe("JSONP agrees with npm engine.io", () => {
  for (const j of ["0", "12", "1)alert(", "", "a"]) {
    it(`with j=${j}`, async () => {
      await bothWays({ allowEIO3: true }, async (subject) => {
        const seen = [];
        for (const EIO of [3, 4]) {
          const target = `/engine.io/?EIO=${EIO}&transport=polling&j=${encodeURIComponent(j)}`;
          seen.push(await subject.ask(target));
          subject.line?.send("a\u2028</script>'\"\\\n");
          const session = `${target}&sid=${subject.line?.id}`;
          seen.push(await subject.ask(session));
          const body = new URLSearchParams({ d: EIO === 3 ? "1:1" : "1" }).toString();
          seen.push(await subject.ask(session, { method: "POST", body }));
        }
        return seen;
      });
    });
  }
});

describe("upgrades of other paths agree with npm engine.io", () => {
  it("are ended when nobody takes them in time", async () => {
    await bothWays({ destroyUpgradeTimeout: 30 }, async ({ port }) => {
      const line = new RawLine(port);
      line.write(upgradeHead("/other"));
      await once(line.socket, "close");
      return line.received;
    });
  });

  it("are left alone with destroyUpgrade: false", async () => {
    await bothWays({ destroyUpgrade: false, destroyUpgradeTimeout: 1 }, async ({ port }) => {
      const line = new RawLine(port);
      line.write(upgradeHead("/other"));
      // Longer than the time after which it would have been ended.
      const ended = once(line.socket, "close").then(() => "ended");
      const left = new Promise((resolve) => setTimeout(resolve, 200, "left"));
      const seen = await Promise.race([ended, left]);
      line.socket.destroy();
      return seen;
    });
  });
});
