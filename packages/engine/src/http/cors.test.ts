import { describe, expect, it } from "vitest";
import { TestEngine } from "../../testing/engine.ts";
import type { EngineOptions } from "../options.ts";

const foreign = "https://foreign.example";

async function statuses(options: EngineOptions, headers: Record<string, string>) {
  const test = await TestEngine.start(options);
  const polling = await test.ask("transport=polling", { headers });
  const peer = test.peer(undefined, { headers });
  const websocket = await Promise.race([
    peer.open().then(() => 101),
    peer.refused.then(({ status }) => status),
  ]);
  return { polling: polling.status, websocket, headers: polling.headers, test };
}

describe("origin", () => {
  it("CVE-2020-28481: is the server's own by default, over polling and websocket alike", async () => {
    const { polling, websocket, test } = await statuses({}, { Origin: foreign });
    expect([polling, websocket]).toEqual([403, 403]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("CSWSH: is looked at on every upgrade, with and without a session", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const headers = { Origin: foreign };
    expect((await test.peer(undefined, { headers }).refused).status).toBe(403);
    expect((await test.peer(sid, { headers }).refused).status).toBe(403);
    expect((await test.get(sid, headers)).status).toBe(403);
    expect((await test.post(sid, "4a", headers)).status).toBe(403);
    expect(test.last.messages).toEqual([]);
    expect((await test.post(sid, "4b")).status).toBe(200);
    expect(test.last.messages).toEqual(["b"]);
  });

  it("names the line to change in the answer and in connection_error", async () => {
    const test = await TestEngine.start();
    const answer = await test.ask("transport=polling", { headers: { Origin: foreign } });
    const body = JSON.parse(answer.body) as { code: number; message: string; hint: string };
    expect(body).toMatchObject({ code: 4, message: "Forbidden" });
    expect(body.hint).toContain(`cors: { origin: ["${foreign}"] }`);
    expect(test.refusals[0]).toMatchObject({
      code: 4,
      message: "Forbidden",
      context: { name: "FOREIGN_ORIGIN", origin: foreign, hint: body.hint },
    });
    const { body: upgradeBody } = await test.peer(undefined, { origin: foreign }).refused;
    expect(JSON.parse(upgradeBody)).toEqual(body);
  });

  it("lets in pages of the server itself, and what is no browser", async () => {
    const test = await TestEngine.start();
    const headers = { Origin: `http://127.0.0.1:${test.port}` };
    expect((await test.ask("transport=polling", { headers })).status).toBe(200);
    await test.peer(undefined, { headers }).open();
    await test.peer().open();
    expect(test.engine.clientsCount).toBe(3);
  });

  const admitted: [what: string, options: EngineOptions, origin: string][] = [
    ["cors.origin as a string", { cors: { origin: foreign } }, foreign],
    ["cors.origin as a list", { cors: { origin: ["https://a.example", foreign] } }, foreign],
    ["cors.origin as an expression", { cors: { origin: /\.example$/ } }, foreign],
    ["cors.origin: true", { cors: { origin: true } }, foreign],
    ["cors.origin: *", { cors: { origin: "*" } }, foreign],
    ["cors without origin", { cors: { methods: ["GET", "POST"] } }, foreign],
    ["cors: true", { cors: true }, foreign],
    ["cors.origin with null in its list", { cors: { origin: ["null"] } }, "null"],
    ["cors.origin with an app's scheme", { cors: { origin: ["app://x"] } }, "app://x"],
    [
      "cors.origin as a function",
      { cors: { origin: (origin, done) => setImmediate(done, null, origin === foreign) } },
      foreign,
    ],
    [
      "cors as a function of the request",
      { cors: (_request, done) => done(null, { origin: foreign }) },
      foreign,
    ],
    ["allowRequest", { allowRequest: (_request, decide) => decide(null, true) }, foreign],
  ];
  for (const [what, options, origin] of admitted) {
    it(`is let in by ${what}, over both transports`, async () => {
      const { polling, websocket } = await statuses(options, { Origin: origin });
      expect([polling, websocket]).toEqual([200, 101]);
    });
  }

  const refused: [what: string, options: EngineOptions, origin: string][] = [
    ["another origin in cors.origin", { cors: { origin: "https://a.example" } }, foreign],
    ["a list without it", { cors: { origin: ["https://a.example"] } }, foreign],
    ["cors.origin: false", { cors: { origin: false } }, foreign],
    ["an origin of null", { cors: { origin: ["https://a.example"] } }, "null"],
    [
      "a function that says no",
      { cors: { origin: (_origin, done) => done(null, false) } },
      foreign,
    ],
    ["allowRequest", { allowRequest: (_request, decide) => decide(null, false) }, foreign],
  ];
  for (const [what, options, origin] of refused) {
    it(`is refused by ${what}, over both transports`, async () => {
      const { polling, websocket } = await statuses(options, { Origin: origin });
      expect([polling, websocket]).toEqual([403, 403]);
    });
  }

  it("stays let in for the whole session that allowRequest admitted, and no other does", async () => {
    const test = await TestEngine.start({ allowRequest: (_request, decide) => decide(null, true) });
    const sid = await test.handshake({ Origin: foreign });
    expect((await test.post(sid, "4a", { Origin: foreign })).status).toBe(200);
    expect((await test.post(sid, "4b", { Origin: "https://other.example" })).status).toBe(403);
    const peer = await test.peer(sid, { origin: foreign }).open();
    peer.send("2probe");
    expect(await peer.next()).toBe("3probe");
  });
});

describe("cors", () => {
  it("sets its headers on every polling answer", async () => {
    const test = await TestEngine.start({ cors: { origin: foreign, credentials: true } });
    const sid = await test.handshake();
    for (const answer of [
      await test.ask("transport=polling", { headers: { Origin: foreign } }),
      await test.post(sid, "4a", { Origin: foreign }),
      await test.ask("transport=foo", { headers: { Origin: foreign } }),
    ]) {
      expect(answer.headers["access-control-allow-origin"]).toBe(foreign);
      expect(answer.headers["access-control-allow-credentials"]).toBe("true");
      expect(answer.headers.vary).toBe("Origin");
    }
  });

  it("answers preflight requests", async () => {
    const test = await TestEngine.start({
      cors: { origin: foreign, methods: ["GET", "POST"], allowedHeaders: ["x-token"] },
    });
    const answer = await test.ask("transport=polling", {
      method: "OPTIONS",
      headers: {
        Origin: foreign,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-token",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe(foreign);
    expect(answer.headers["access-control-allow-methods"]).toBe("GET,POST");
    expect(answer.headers["access-control-allow-headers"]).toBe("x-token");
    expect(test.refusals).toEqual([]);
  });

  it("sets nothing without the option", async () => {
    const test = await TestEngine.start();
    const { headers } = await test.ask("transport=polling");
    expect(Object.keys(headers).filter((name) => name.startsWith("access-"))).toEqual([]);
  });
});
