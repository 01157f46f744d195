import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { TestEngine } from "../testing/engine.ts";
import { RawLine, send, upgradeHead } from "../testing/raw-http.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";

function refusal(code: number, message: string): string {
  return JSON.stringify({ code, message });
}

describe("what the protocol demands", () => {
  it("refuses a transport that is unknown, by own names only", async () => {
    const test = await TestEngine.start();
    for (const transport of ["foo", "constructor", "__proto__", "toString", "", "POLLING"]) {
      const answer = await test.ask(`transport=${transport}`);
      expect([answer.status, answer.body]).toEqual([400, refusal(0, "Transport unknown")]);
      expect(test.refusals.at(-1)).toMatchObject({
        code: 0,
        message: "Transport unknown",
        context: { transport },
      });
    }
    expect((await test.ask("")).body).toBe(refusal(0, "Transport unknown"));
    expect(test.refusals.at(-1)?.context).toEqual({});
  });

  it("refuses a transport that is not served", async () => {
    const test = await TestEngine.start({ transports: ["polling"] });
    expect((await test.ask("transport=websocket")).body).toBe(refusal(0, "Transport unknown"));
  });

  it("refuses a session that is unknown", async () => {
    const test = await TestEngine.start();
    for (const sid of ["nope", "__proto__", "constructor", ""]) {
      const answer = await test.get(sid);
      expect([answer.status, answer.body]).toEqual([400, refusal(1, "Session ID unknown")]);
      expect(test.refusals.at(-1)).toMatchObject({ code: 1, context: { sid } });
    }
  });

  it("refuses a handshake that is no GET", async () => {
    const test = await TestEngine.start();
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await test.ask("transport=polling", { method });
      expect([answer.status, answer.body]).toEqual([400, refusal(2, "Bad handshake method")]);
      expect(test.refusals.at(-1)).toMatchObject({ code: 2, context: { method } });
    }
  });

  it("refuses a websocket handshake over plain HTTP", async () => {
    const test = await TestEngine.start();
    const answer = await test.ask("transport=websocket");
    expect([answer.status, answer.body]).toEqual([400, refusal(3, "Bad request")]);
    expect(test.refusals.at(-1)?.context).toEqual({ name: "TRANSPORT_HANDSHAKE_ERROR" });
  });

  it("refuses every revision but 4", async () => {
    const test = await TestEngine.start();
    for (const query of ["EIO=3", "EIO=5", "EIO=", "EIO=04", ""]) {
      const answer = await send(test.port, `/engine.io/?${query}&transport=polling`);
      expect([answer.status, answer.body]).toEqual([
        400,
        refusal(5, "Unsupported protocol version"),
      ]);
    }
    expect(test.refusals.at(-1)).toMatchObject({ code: 5, context: { protocol: 3 } });
  });

  it("keeps one revision for the whole session", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const answer = await send(test.port, `/engine.io/?EIO=3&transport=polling&sid=${sid}`);
    expect([answer.status, answer.body]).toEqual([400, refusal(3, "Bad request")]);
    expect(test.refusals.at(-1)?.context).toEqual({
      name: "PROTOCOL_MISMATCH",
      protocol: 3,
      previousProtocol: 4,
    });
    expect((await test.post(sid, "4still here")).status).toBe(200);
  });

  it("refuses a session over another transport than its own", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const answer = await test.ask(`transport=websocket&sid=${sid}`);
    expect([answer.status, answer.body]).toEqual([400, refusal(3, "Bad request")]);
    expect(test.refusals.at(-1)?.context).toEqual({
      name: "TRANSPORT_MISMATCH",
      transport: "websocket",
      previousTransport: "polling",
    });
  });

  it("refuses plain HTTP for a session on websocket, whatever transport it names", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    const { sid } = JSON.parse((await peer.next()).slice(1)) as { sid: string };
    for (const transport of ["websocket", "polling"]) {
      for (const input of [{}, { method: "POST", body: "4a" }]) {
        const answer = await test.ask(`transport=${transport}&sid=${sid}`, input);
        expect([answer.status, answer.body]).toEqual([400, refusal(3, "Bad request")]);
        expect(test.refusals.at(-1)?.context).toEqual({
          name: "TRANSPORT_MISMATCH",
          transport,
          previousTransport: "websocket",
        });
      }
    }
    expect(test.last.connection.readyState).toBe("open");
  });

  it("refuses an Origin with characters that no header may have, and does not pass it on", async () => {
    // Node's strict parser refuses these by itself; a lenient one, or another server, lets them through.
    const http = createServer({ insecureHTTPParser: true });
    const test = await TestEngine.start({ cors: true }, {}, http);
    const line = new RawLine(test.port);
    line.write(
      "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
        "Origin: a\u0001b\r\n\r\n",
    );
    expect(await line.end()).toContain(refusal(3, "Bad request"));
    expect(test.refusals[0]).toMatchObject({
      code: 3,
      context: { name: "INVALID_ORIGIN", origin: "a\u0001b" },
    });
    expect(test.refusals[0]?.req.headers.origin).toBeUndefined();
  });

  it("answers an upgrade request with the same body as plain HTTP, and closes", async () => {
    const test = await TestEngine.start();
    const cases: [query: string, body: string][] = [
      ["EIO=4&transport=foo", refusal(0, "Transport unknown")],
      ["EIO=4&transport=websocket&sid=nope", refusal(1, "Session ID unknown")],
      ["EIO=4&transport=polling", refusal(3, "Bad request")],
      ["EIO=3&transport=websocket", refusal(5, "Unsupported protocol version")],
    ];
    for (const [query, body] of cases) {
      const line = new RawLine(test.port);
      line.write(upgradeHead(`/engine.io/?${query}`));
      const answer = await line.end();
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer.slice(answer.indexOf("\r\n\r\n") + 4)).toBe(body);
    }
    expect(test.refusals).toHaveLength(cases.length);
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("allowRequest", () => {
  it("decides about polling and websocket alike, once a session", async () => {
    const asked: string[] = [];
    const test = await TestEngine.start({
      allowRequest: (request, decide) => {
        asked.push(request.url ?? "");
        setImmediate(decide, null, true);
      },
    });
    const sid = await test.handshake();
    await test.post(sid, "4hello");
    const peer = await test.peer().open();
    expect((await peer.next()).startsWith("0{")).toBe(true);
    expect(asked.map((url) => new URLSearchParams(url.split("?")[1]).get("transport"))).toEqual([
      "polling",
      "websocket",
    ]);
  });

  it("refuses with 403 and its message", async () => {
    const test = await TestEngine.start({
      allowRequest: (_request, decide) => decide("not today", false),
    });
    const answer = await test.ask("transport=polling");
    expect([answer.status, answer.body]).toEqual([403, refusal(4, "not today")]);
    expect(await test.peer().refused).toEqual({ status: 403, body: refusal(4, "not today") });
    expect(test.refusals).toHaveLength(2);
    expect(test.refusals[0]).toMatchObject({
      code: 4,
      message: "Forbidden",
      context: { message: "not today" },
    });
  });

  it("has a message where none is given", async () => {
    const test = await TestEngine.start({
      allowRequest: (_request, decide) => decide(null, false),
    });
    expect((await test.ask("transport=polling")).body).toBe(refusal(4, "Forbidden"));
  });

  it("counts once when it decides twice", async () => {
    const test = await TestEngine.start({
      allowRequest: (_request, decide) => {
        decide(null, true);
        decide("no", false);
        decide(null, true);
      },
    });
    await test.handshake();
    expect(test.engine.clientsCount).toBe(1);
    expect(test.refusals).toEqual([]);
  });
});

describe("generateId", () => {
  it("may be a function of the user's, or return a promise", async () => {
    const test = await TestEngine.start();
    test.engine.generateId = (request) => `id-${request.method}`;
    expect(await test.handshake()).toBe("id-GET");
    test.engine.generateId = () => Promise.resolve("later");
    expect(await test.handshake()).toBe("later");
    test.engine.generateId = () => Promise.resolve("on websocket");
    const peer = await test.peer().open();
    expect(await peer.next()).toContain('"sid":"on websocket"');
    expect(Object.keys(test.engine.clients)).toEqual(["id-GET", "later", "on websocket"]);
  });

  const failures: [what: string, generate: () => string | Promise<string>][] = [
    [
      "throws",
      () => {
        throw new Error("no ids");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no ids"))],
    ["returns an id in use", () => "taken"],
    ["returns nothing", () => undefined as unknown as string],
    ["returns the empty string", () => Promise.resolve("")],
  ];
  for (const [what, generate] of failures) {
    it(`refuses the handshake when it ${what}`, async () => {
      const test = await TestEngine.start();
      test.engine.generateId = () => "taken";
      await test.handshake();
      test.engine.generateId = generate;
      const answer = await test.ask("transport=polling");
      expect([answer.status, answer.body]).toEqual([400, refusal(3, "Bad request")]);
      expect(await test.peer().refused).toEqual({ status: 400, body: refusal(3, "Bad request") });
      expect(test.refusals).toHaveLength(2);
      expect(test.refusals[0]?.context["name"]).toBe("ID_GENERATION_ERROR");
      expect(test.refusals[0]?.context["error"]).toBeInstanceOf(Error);
      expect(test.engine.clientsCount).toBe(1);
    });
  }
});

describe("middlewares", () => {
  it("run for requests and upgrades, and their headers go out with both", async () => {
    const test = await TestEngine.start();
    const seen: boolean[] = [];
    test.engine.use((request, response, next) => {
      seen.push(request.headers.upgrade !== undefined);
      response.setHeader("X-Frame-Options", "DENY");
      setImmediate(next);
    });
    expect((await test.ask("transport=polling")).headers["x-frame-options"]).toBe("DENY");
    const line = new RawLine(test.port);
    line.write(upgradeHead("/engine.io/?EIO=4&transport=websocket"));
    await line.until("pingInterval");
    expect(line.received).toMatch(/^HTTP\/1\.1 101 /);
    expect(line.received).toContain("x-frame-options: DENY\r\n");
    line.socket.destroy();
    expect(seen).toEqual([false, true]);
  });

  it("refuse with an error", async () => {
    const test = await TestEngine.start();
    test.engine.use((_request, _response, next) => next(new Error("no")));
    expect((await test.ask("transport=polling")).body).toBe(refusal(3, "Bad request"));
    expect((await test.peer().refused).status).toBe(400);
    expect(test.refusals.map((each) => each.context["name"])).toEqual([
      "MIDDLEWARE_FAILURE",
      "MIDDLEWARE_FAILURE",
    ]);
  });

  it("may answer by themselves", async () => {
    const test = await TestEngine.start();
    test.engine.use((_request, response) => {
      response.writeHead(401);
      response.end("who are you");
    });
    const answer = await test.ask("transport=polling");
    expect([answer.status, answer.body]).toEqual([401, "who are you"]);
    expect(await test.peer().refused).toEqual({ status: 401, body: "who are you" });
    expect(test.refusals).toEqual([]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("see the query that add-ons read", async () => {
    const test = await TestEngine.start();
    const seen: unknown[] = [];
    test.engine.use((request, _response, next) => {
      seen.push({ ...(request as unknown as { _query: object })._query });
      next();
    });
    await test.ask("transport=polling&token=abc");
    expect(seen).toEqual([{ EIO: "4", transport: "polling", token: "abc" }]);
  });
});

describe("time", () => {
  it("refuses a request that a middleware, allowRequest or generateId keeps for too long", async () => {
    for (const stuck of ["middleware", "allowRequest", "generateId"]) {
      const clock = new VirtualClock();
      const wheel = new TimingWheel(clock, 50);
      let arrived: () => void = () => {};
      const options = stuck === "allowRequest" ? { allowRequest: () => arrived() } : {};
      const test = await TestEngine.start(options, {
        wheel,
        limits: { admissionTimeoutMs: 1_000 },
      });
      if (stuck === "middleware") test.engine.use(() => arrived());
      if (stuck === "generateId") {
        test.engine.generateId = () => {
          arrived();
          return new Promise(() => {});
        };
      }
      for (const ask of [
        async () => test.ask("transport=polling"),
        async () => test.peer().refused,
      ]) {
        const arrival = new Promise<void>((resolve) => (arrived = resolve));
        const answer = ask();
        await arrival;
        await new Promise(setImmediate);
        clock.advance(1_200);
        expect(await answer).toMatchObject({ status: 400, body: refusal(3, "Bad request") });
        expect(test.refusals.at(-1)?.context).toEqual({ name: "ADMISSION_TIMEOUT" });
      }
      expect(wheel.size).toBe(0);
    }
  });

  it("forgets a request whose client leaves while it is being decided about", async () => {
    const clock = new VirtualClock();
    const wheel = new TimingWheel(clock, 50);
    let decide: (() => void) | undefined;
    let arrived: () => void = () => {};
    const test = await TestEngine.start(
      {
        allowRequest: (_request, decided) => {
          decide = () => decided(null, true);
          arrived();
        },
      },
      { wheel },
    );
    for (const head of [
      "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n",
      upgradeHead("/engine.io/?EIO=4&transport=websocket"),
    ]) {
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      const line = new RawLine(test.port);
      line.write(head);
      await arrival;
      // Until admission has noticed: an upgrade's socket is not read yet, so that only a reset shows.
      line.socket.resetAndDestroy();
      while (wheel.size !== 0) await new Promise(setImmediate);
      decide?.();
      expect(test.engine.clientsCount).toBe(0);
    }
    expect(test.refusals).toEqual([]);
  });
});

describe("a server that is closing", () => {
  it("admits no new session", async () => {
    const test = await TestEngine.start();
    test.engine.close();
    expect((await test.ask("transport=polling")).status).toBe(503);
    expect((await test.peer().refused).status).toBe(503);
    expect(test.refusals[0]?.context).toEqual({ name: "SERVER_CLOSING" });
  });
});
