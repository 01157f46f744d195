import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PublishWorld } from "../../../test/publish-world.ts";
import { Server } from "../../server.ts";
import { makeApiKey } from "./api-key.ts";
import type { Reply } from "../../../test/publish-world.ts";

let world: PublishWorld;
async function restart(...options: ConstructorParameters<typeof PublishWorld>): Promise<void> {
  await world.io.close();
  world = await new PublishWorld(...options).start();
}

beforeEach(async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  world = await new PublishWorld().start();
});
afterEach(async () => {
  await world.io.close();
  vi.restoreAllMocks();
});

describe("who may", () => {
  it("needs a key, and says the same whatever is wrong with it", async () => {
    const replies: Reply[] = [];
    for (const wrong of ["", "hk_main_x", makeApiKey({ id: "other" }).key, "x".repeat(5_000)]) {
      world.key = wrong;
      replies.push(await world.publish({ all: true, event: "e" }));
    }
    world.addKey({ id: "old", scopes: ["*"], expires: Date.now() - 1 });
    replies.push(await world.publish({ all: true, event: "e" }));
    for (const { status, body, headers } of replies) {
      expect(status).toBe(401);
      expect(body).toEqual(replies[0]!.body);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="hawser"');
    }
  });

  it("needs the scope", async () => {
    world.addKey({ id: "chat", scopes: ["publish:room:chat-*"] });
    expect((await world.publish({ room: "chat-1", event: "e" })).status).toBe(200);
    for (const target of [
      { room: "x" },
      { rooms: ["chat-1", "x"] },
      { user: "a" },
      { all: true },
    ]) {
      expect(await world.publish({ ...target, event: "e" })).toMatchObject({
        status: 403,
        body: { code: "SCOPE_MISSING" },
      });
    }
    expect((await world.get("/hawser/rooms")).status).toBe(403);
    expect((await world.post("/hawser/disconnect", { all: true })).status).toBe(403);
  });

  it("takes keys away while it runs", async () => {
    expect((await world.publish({ all: true, event: "e" })).status).toBe(200);
    world.keys = [];
    await vi.waitFor(async () =>
      expect((await world.publish({ all: true, event: "e" })).status).toBe(401),
    );
  });

  it("without keys serves programs on this machine, and nobody else", async () => {
    await restart({ keys: undefined });
    world.key = "none";
    expect((await world.publish({ all: true, event: "e" })).status).toBe(200);
    const page = await world.publish({ all: true, event: "e" }, { origin: world.url });
    expect(page).toMatchObject({ status: 403, body: { code: "KEY_NEEDED" } });
    expect(
      (await world.publish({ all: true, event: "e" }, { "x-forwarded-for": "::1" })).status,
    ).toBe(403);
  });

  it("without keys does not start on a public address", async () => {
    const open = expect.objectContaining({ code: "PUBLISH_OPEN" });
    expect(() => new Server(0, { publish: {} })).toThrow(open);
    const late = createServer();
    const server = new Server(late, { publish: {} });
    expect(() => late.listen(0, "0.0.0.0")).toThrow(open);
    await server.close();
    const early = createServer().listen(0, "0.0.0.0");
    await once(early, "listening");
    expect(() => new Server(early, { publish: {} })).toThrow(open);
    early.close();
    const guarded = createServer();
    void new Server(guarded, { publish: { keys: world.keys } });
    guarded.listen(0, "0.0.0.0");
    await once(guarded, "listening");
    guarded.close();
  });

  it("says when there were too many", async () => {
    await restart({ rate: { perSecond: 0.01, burst: 3 } });
    const items = [0, 1].map(() => ({ action: "publish", all: true, event: "e" }));
    expect((await world.post("/hawser/batch", { items })).status).toBe(200);
    expect((await world.publish({ all: true, event: "e" })).status).toBe(200);
    const { status, headers } = await world.publish({ all: true, event: "e" });
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(90);
  });
});

describe("HTTP", () => {
  it("has the document", async () => {
    const { status, body } = await world.get("/hawser/openapi.json");
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: "3.1.0", servers: [{ url: "/hawser" }] });
  });

  it("answers HEAD, OPTIONS, and methods that are not there", async () => {
    const head = await world.ask("HEAD", "/hawser/rooms");
    expect([head.status, head.body]).toEqual([200, {}]);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    const options = await world.ask("OPTIONS", "/hawser/publish", {
      headers: { origin: "http://x" },
    });
    expect(options.status).toBe(204);
    expect(options.headers.get("allow")).toBe("POST, OPTIONS");
    expect(options.headers.has("access-control-allow-origin")).toBe(false);
    const wrong = await world.ask("DELETE", "/hawser/rooms");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  it("leaves other paths to others", async () => {
    for (const path of ["/", "/hawser/ws", "/hawser/publish/x"]) {
      expect((await fetch(world.url + path)).status).toBe(418);
    }
  });

  it.each([
    { "content-type": "text/plain" },
    { "content-type": "application/json; charset=latin1" },
    { "content-type": "application/jsonx" },
    { "content-encoding": "gzip" },
  ])("takes no %j", async (headers) => {
    expect((await world.publish("{}", headers as Record<string, string>)).status).toBe(415);
  });

  it("refuses what is too large, also without a length", async () => {
    await restart({ limits: { bodyBytesMax: 1_000 } });
    const body = { all: true, event: "e", data: ["x".repeat(1_000)] };
    expect(await world.publish(body)).toMatchObject({
      status: 413,
      body: { code: "BODY_TOO_LARGE" },
    });
    const chunked = connect(world.port, "127.0.0.1");
    chunked.write(head("Transfer-Encoding: chunked") + `7d0\r\n${"x".repeat(2_000)}\r\n`);
    expect(await answerOn(chunked)).toMatch(/^HTTP\/1.1 413 /);
  });

  it("does not wait for a slow body, and asks for the key first", async () => {
    await restart({ limits: { bodyTimeoutMs: 30 } });
    const slow = connect(world.port, "127.0.0.1");
    slow.write(`${head("Content-Length: 100")}{`);
    expect(await answerOn(slow)).toMatch(/^HTTP\/1.1 408 /);
    world.key = "wrong";
    const stranger = connect(world.port, "127.0.0.1");
    stranger.write(`${head("Content-Length: 100")}{`);
    expect(await answerOn(stranger)).toMatch(/^HTTP\/1.1 401 /);
  });
});

function head(length: string): string {
  const lines = [
    "Host: localhost",
    `Authorization: Bearer ${world.key}`,
    "Content-Type: application/json",
  ];
  return `POST /hawser/publish HTTP/1.1\r\n${[...lines, length].join("\r\n")}\r\n\r\n`;
}

async function answerOn(socket: ReturnType<typeof connect>): Promise<string> {
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return data.toString("latin1");
}
