import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { attach as attachOriginal } from "engine.io";
import { describe, expect, it } from "vitest";
import { Peer, listenLocally } from "../testing/engine.ts";
import { send } from "../testing/raw-http.ts";
import type { Answer, RequestInput } from "../testing/raw-http.ts";
import { attach } from "./listen.ts";
import type { EngineOptions } from "./options.ts";

/** The same requests to npm engine.io and to this server: the answers, events and close reasons have to agree. */

/** What both servers have in common, as far as these tests look. */
interface Engine {
  on(event: string, listener: (what: never) => void): unknown;
  clientsCount: number;
}

interface Line {
  id: string;
  on(event: string, listener: (...what: never[]) => void): unknown;
  send(data: string): unknown;
  close(discard?: boolean): void;
}

class Subject {
  readonly port: number;
  readonly log: string[] = [];
  last: Line | undefined = undefined;

  constructor(engine: Engine, port: number) {
    this.port = port;
    engine.on("connection_error", (error: { code: number; message: string; context: object }) => {
      const context = error.context as { name?: string };
      this.log.push(`refused ${error.code} ${error.message} ${context.name ?? ""}`);
    });
    engine.on("connection", (line: Line) => {
      this.last = line;
      line.on("message", (data: never) => this.log.push(`message ${String(data)}`));
      line.on("close", (reason: never) => this.log.push(`close ${String(reason)}`));
    });
  }

  /** Answers in words: the id of the session is the same everywhere. */
  async ask(query: string, input?: RequestInput): Promise<string> {
    const sid = this.last?.id ?? "none";
    const answer = await send(this.port, `/engine.io/?${query.replace("$sid", sid)}`, input);
    return this.inWords(answer);
  }

  inWords({ status, headers, body }: Answer): string {
    const shown = body.replaceAll(/"sid":"[^"]*"/g, '"sid":"…"');
    const type = headers["content-type"] ?? "";
    return `${status} ${type} ${headers["cache-control"] ?? ""} ${shown}`;
  }
}

const makers: [name: string, make: (http: HttpServer, options: EngineOptions) => Engine][] = [
  ["npm engine.io", (http, options) => attachOriginal(http, options as never) as unknown as Engine],
  ["hawser", (http, options) => attach(http, options)],
];

/** What both servers answer and log. */
async function bothWays(
  options: EngineOptions,
  run: (subject: Subject) => Promise<unknown[]>,
): Promise<{ ours: unknown; original: unknown }> {
  const results: unknown[] = [];
  for (const [, make] of makers) {
    const http = createServer();
    const subject = new Subject(make(http, options), await listenLocally(http));
    const seen = await run(subject);
    results.push({ seen, log: subject.log });
  }
  return { original: results[0], ours: results[1] };
}

const poll = "EIO=4&transport=polling";
const session = `${poll}&sid=$sid`;
const text = (body: string): RequestInput => ({ method: "POST", body });

describe("refusals agree with npm engine.io", () => {
  const requests: [query: string, input?: RequestInput][] = [
    [""],
    ["EIO=4"],
    ["EIO=4&transport=foo"],
    ["EIO=4&transport=constructor"],
    ["EIO=4&transport=__proto__"],
    ["transport=polling"],
    ["EIO=3&transport=polling"],
    ["EIO=5&transport=polling"],
    [`${poll}&sid=unknown`],
    [`${poll}&sid=__proto__`],
    [poll, { method: "POST", body: "4a" }],
    [poll, { method: "OPTIONS" }],
    ["EIO=4&transport=websocket"],
  ];
  for (const [query, input] of requests) {
    it(`${input?.method ?? "GET"} ?${query}`, async () => {
      // Refusals carry one header more than the original's: they must not be cached either.
      const asked = async (subject: Subject): Promise<unknown[]> => [
        (await subject.ask(query, input)).replace(" no-store", " "),
      ];
      const { ours, original } = await bothWays({}, asked);
      expect(ours).toEqual(original);
    });
  }
});

describe("sessions over polling agree with npm engine.io", () => {
  it("handshake, messages both ways, close by the client", async () => {
    const { ours, original } = await bothWays(
      { pingInterval: 300, pingTimeout: 200 },
      async (subject) => {
        const seen = [await subject.ask(poll)];
        seen.push(await subject.ask(session, text("4a\x1e4é€😀")));
        subject.last?.send("one");
        seen.push(await subject.ask(session));
        seen.push(await subject.ask(session));
        seen.push(await subject.ask(session, text("3")));
        seen.push(await subject.ask(session, text("1")));
        seen.push((await subject.ask(session)).replace(" no-store", " "));
        return seen;
      },
    );
    expect(ours).toEqual(original);
  });

  it("initial packet, cookie and old browsers", async () => {
    const options = { initialPacket: "hi", cookie: { name: "a", path: "/x", maxAge: 5 } };
    const { ours, original } = await bothWays(options, async (subject) => {
      const headers = { "User-Agent": "Trident/7.0" };
      const answer = await send(subject.port, `/engine.io/?${poll}`, { headers });
      const cookies = answer.headers["set-cookie"]?.map((cookie) =>
        cookie.replace(subject.last?.id ?? "", "…"),
      );
      return [subject.inWords(answer), cookies, answer.headers["x-xss-protection"]];
    });
    expect(ours).toEqual(original);
  });

  it("close by the server, with and without something queued", async () => {
    const { ours, original } = await bothWays({}, async (subject) => {
      const seen: string[] = [];
      for (const queued of [[], ["a", "b"]]) {
        await subject.ask(poll);
        for (const message of queued) subject.last?.send(message);
        subject.last?.close();
        seen.push(await subject.ask(session));
        if (queued.length > 0) seen.push(await subject.ask(session));
      }
      return seen;
    });
    expect(ours).toEqual(original);
  });

  it("two GETs at a time", async () => {
    const { ours, original } = await bothWays({}, async (subject) => {
      await subject.ask(poll);
      const seen = await Promise.all([subject.ask(session), subject.ask(session)]);
      // The body of the second answer is ours alone.
      return seen.map((answer) => (answer.startsWith("400") ? "400" : answer)).toSorted();
    });
    expect(ours).toEqual(original);
  });

  it("a body that is no packet, and one with a ping", async () => {
    const { ours, original } = await bothWays({}, async (subject) => {
      for (const body of ["what", "2"]) {
        await subject.ask(poll);
        await subject.ask(session, text(body));
      }
      return [(await subject.ask(session)).replace(" no-store", " ")];
    });
    expect(ours).toEqual(original);
  });

  it("application/octet-stream", async () => {
    const { ours, original } = await bothWays({}, async (subject) => {
      await subject.ask(poll);
      const headers = { "Content-Type": "application/octet-stream" };
      const answer = await subject.ask(session, { method: "POST", body: "4a", headers });
      return [answer.slice(0, 3)];
    });
    expect(ours).toEqual(original);
  });

  it("another revision, and another transport", async () => {
    const { ours, original } = await bothWays({}, async (subject) => {
      await subject.ask(poll);
      const asked = [
        await subject.ask("EIO=3&transport=polling&sid=$sid"),
        await subject.ask("EIO=4&transport=websocket&sid=$sid"),
      ];
      return asked.map((answer) => answer.replace(" no-store", " "));
    });
    expect(ours).toEqual(original);
  });

  it("a refusal by allowRequest", async () => {
    const options: EngineOptions = {
      allowRequest: (_request, decide) => decide("not today", false),
    };
    const { ours, original } = await bothWays(options, async (subject) => [
      (await subject.ask(poll)).replace(" no-store", " "),
    ]);
    expect(ours).toEqual(original);
  });
});

describe("sessions over websocket agree with npm engine.io", () => {
  async function talk(subject: Subject, messages: string[]): Promise<unknown[]> {
    const url = `ws://127.0.0.1:${subject.port}/engine.io/?EIO=4&transport=websocket`;
    const peer = await new Peer(url).open();
    const opened = await peer.next();
    for (const message of messages) peer.send(message);
    return [opened.replace(/"sid":"[^"]*"/, ""), await peer.closed];
  }

  const endings: [what: string, messages: string[]][] = [
    ["what is no packet", ["4a", "x"]],
    ["an empty message", [""]],
    ["a ping", ["4a", "2"]],
    ["a message over the limit", ["4a", `4${"x".repeat(2_000)}`]],
  ];
  for (const [what, messages] of endings) {
    it(`ended by ${what}`, async () => {
      const { ours, original } = await bothWays({ maxHttpBufferSize: 1_000 }, (subject) =>
        talk(subject, messages),
      );
      expect(ours).toEqual(original);
    });
  }

  it("ended by the heartbeat", async () => {
    const options = { pingInterval: 100, pingTimeout: 100 };
    const { ours, original } = await bothWays(options, (subject) => talk(subject, []));
    expect(ours).toEqual(original);
  });
});
