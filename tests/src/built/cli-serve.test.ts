// `hawser serve`: a server from a config file, whose backend is another program.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { io } from "@hawser/client";
import { HawserProgram, hawser } from "../support/hawser-program.ts";
import { next } from "../support/wait.ts";
import type { Socket } from "@hawser/client";
import type { AddressInfo } from "node:net";

const secret = "a secret of thirty-two characters!";
const folder = mkdtempSync(join(tmpdir(), "hawser-serve-"));
const programs: HawserProgram[] = [];
const clients: Socket[] = [];

/** What the backend was asked, and how it answers. */
const asked: { path: string; body: Record<string, unknown>; id: string }[] = [];
const answers = new Map<
  string,
  (body: Record<string, unknown>, attempt: number) => [number, unknown]
>();
const backend = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (text += chunk));
  request.on("end", () => {
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(
      request.headers["hawser-signature"] as string,
    )!;
    assert.equal(
      signature,
      createHmac("sha256", secret).update(`${seconds}.${text}`).digest("hex"),
    );
    const path = request.url!;
    const body = JSON.parse(text) as Record<string, unknown>;
    const id = request.headers["hawser-request-id"] as string;
    const attempt = asked.filter((it) => it.id === id).length;
    asked.push({ path, body, id });
    const [status, answer] = answers.get(path)!(body, attempt);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer));
  });
});
let backendUrl = "";

before(async () => {
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});
after(async () => {
  for (const it of clients) it.disconnect();
  for (const it of programs) it.child.kill();
  await Promise.all(programs.map((it) => it.ended));
  backend.closeAllConnections();
  backend.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, config: object | string): string {
  const file = join(folder, name);
  writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
  return file;
}

/** Starts a server, and says where it is. */
async function serve(
  name: string,
  config: object | string,
  env?: Record<string, string>,
): Promise<{ program: HawserProgram; url: string }> {
  const program = new HawserProgram(["serve", write(name, config), "--port", "0"], env);
  programs.push(program);
  await program.printed(/"listening".*\n/);
  const line = program.out.split("\n").find((it) => it.includes('"listening"'))!;
  return { program, url: (JSON.parse(line) as { url: string }).url };
}

function client(url: string, auth: Record<string, unknown> = {}): Socket {
  const socket = io(url, { auth, forceNew: true, transports: ["websocket"], reconnection: false });
  clients.push(socket);
  return socket;
}

async function refusalOf(url: string, auth: Record<string, unknown>): Promise<unknown> {
  const [error] = await next<[Error & { data: unknown }]>(client(url, auth), "connect_error");
  return [error.message, error.data];
}

describe("hawser serve, its config", () => {
  it("is written, explained, and taken", async () => {
    const file = join(folder, "init.yaml");
    assert.equal((await hawser(["serve", "--init", file])).code, 0);
    assert.ok(existsSync(file) && readFileSync(file, "utf8").includes("# Who may connect"));
    const again = await hawser(["serve", "--init", file]);
    assert.deepEqual([again.code, again.err.includes("is there already")], [2, true]);
    const { program } = await serve("init-copy.yaml", readFileSync(file, "utf8"));
    program.child.kill("SIGTERM");
    assert.equal((await program.ended).code, 0);
  });

  it("is printed without secrets", async () => {
    const config = { auth: { type: "webhook", url: "http://127.0.0.1:1", secret: "${SECRET}" } };
    const file = write("print.json", config);
    const { out, code } = await hawser(["serve", file, "--print-config"], [], { SECRET: secret });
    assert.equal(code, 0);
    assert.ok(!out.includes(secret) && out.includes('"timeout": "3s"'));
    const missing = await hawser(["serve", file, "--print-config"]);
    assert.deepEqual([missing.code, missing.err.includes("has no SECRET")], [2, true]);
  });

  it("may be a module", async () => {
    const file = write("config.mjs", "export default () => ({ port: 4000 });");
    assert.match((await hawser(["serve", file, "--print-config"])).out, /"port": 4000/);
  });

  for (const [what, text, expected] of [
    ["a misspelt setting", "prot: 1", /prot: there is no such setting/],
    ["a wrong value", "relay: [{ event: a, rooms: b }]", /relay\[0\]\.rooms: /],
    ["no YAML", "port: [", /cannot be read/],
    ["an open door", "host: 0.0.0.0", /anybody could connect/],
  ] as [string, string, RegExp][]) {
    it(`is refused with the place: ${what}`, async () => {
      const { code, err, out } = await hawser(["serve", write("wrong.yaml", text)]);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, expected);
    });
  }

  it("says when the port is taken", async () => {
    const { url } = await serve("first.json", {});
    const { code, err } = await hawser(["serve", "-p", new URL(url).port]);
    assert.equal(code, 2);
    assert.match(err, /cannot listen on 127\.0\.0\.1:\d+/);
  });
});

describe("hawser serve with tokens", () => {
  const config = {
    auth: {
      type: "tokens",
      tokens: { aaa: { user: "ann", rooms: ["team:1"] }, bbb: { user: "bob" } },
    },
    subscribe: ["public:*", "user:{user}"],
    relay: [{ event: "chat", rooms: ["public:*", "team:*"] }],
    delivery: { log: "memory" },
  };

  it("lets users in, into rooms, and lets them talk there", async () => {
    const { url } = await serve("tokens.json", config);
    assert.deepEqual(await refusalOf(url, {}), [
      "a token is missing",
      { status: 401, code: "TOKEN_MISSING" },
    ]);
    assert.deepEqual(await refusalOf(url, { token: "ccc" }), [
      "the token is not known",
      { status: 401, code: "TOKEN_UNKNOWN" },
    ]);
    const ann = client(url, { token: "aaa" });
    const bob = client(url, { token: "bbb" });
    assert.deepEqual(
      await bob.emitWithAck("subscribe", ["public:x", "user:bob", "user:ann", "team:1"]),
      ["public:x", "user:bob"],
    );
    assert.deepEqual(await ann.emitWithAck("chat", "public:x", "hi"), {
      error: { code: "NOT_A_MEMBER", message: "only members of the room may speak in it" },
    });
    await ann.emitWithAck("subscribe", "public:x");
    const heard = next(bob, "chat");
    assert.deepEqual(await ann.emitWithAck("chat", "public:x", "hi"), { ok: true });
    assert.deepEqual(await heard, ["public:x", "hi", { id: ann.id, user: "ann" }]);
    // The room of a token's owner.
    assert.deepEqual(await ann.emitWithAck("chat", "team:1", "hi"), { ok: true });
    const refused = (await bob.emitWithAck("chat", "user:bob", "hi")) as {
      error: { code: string };
    };
    assert.equal(refused.error.code, "ROOM_REFUSED");
  });

  it("lets users of every language hear what they may", async () => {
    const { url } = await serve("dialects.json", config);
    const plain = new HawserProgram([
      "listen",
      url,
      "--plain",
      "--token",
      "bbb",
      "-r",
      "public:x",
      "-r",
      "user:ann",
      "--count",
      "1",
    ]);
    await plain.printed("subscribed: public:x");
    const sse = new HawserProgram([
      "listen",
      url,
      "--sse",
      "--token",
      "bbb",
      "-r",
      "public:x",
      "--count",
      "1",
    ]);
    await sse.printed("connected as");
    const lines = ["/subscribe public:x", "/ack chat public:x hi"];
    assert.equal((await hawser(["connect", url, "--plain", "--token", "aaa"], lines)).code, 0);
    for (const program of [plain, sse]) {
      const { code, out } = await program.ended;
      assert.equal(code, 0);
      assert.match(out, /← chat "public:x" "hi" \{"id":"[^"]+","user":"ann"\}/);
    }
    assert.match(plain.out, /SUBSCRIBE_REFUSED at \/subscribe\/1/);
  });

  const relay = [{ event: "chat", rooms: ["public:*"], durable: true }];
  const kept = { ...config, relay, delivery: { log: join(folder, "chat.db") } };
  // The workspace's better-sqlite3 does not run there, and Node has none of its own.
  const isWithoutSqlite = process.versions.node.startsWith("20.");

  it("does not start without the file that it is to keep messages in", async () => {
    const file = isWithoutSqlite ? kept.delivery.log : join(folder, "nowhere", "chat.db");
    const name = write("nowhere.json", { ...kept, delivery: { log: file } });
    const { code, err } = await hawser(["serve", name, "--port", "0"]);
    assert.notEqual(code, 0);
    assert.match(err, /delivery\.log: .*chat\.db/);
  });

  it("loses nothing that is in its file when it is killed", { skip: isWithoutSqlite }, async () => {
    const { url, program } = await serve("kept.json", kept);
    const how = ["--plain", "--token", "bbb", "-r", "public:x", "--session"];
    const listener = new HawserProgram(["listen", url, ...how, "--count", "2"]);
    await listener.printed("subscribed: public:x");
    const say = (text: string, to: string): Promise<{ code: number | null }> =>
      hawser(
        ["connect", to, "--plain", "--token", "aaa"],
        ["/subscribe public:x", `/ack chat public:x ${text}`],
      );
    assert.equal((await say("before", url)).code, 0);
    await listener.printed('"before"');
    program.child.kill("SIGKILL");
    await program.ended;
    const again = new HawserProgram([
      "serve",
      join(folder, "kept.json"),
      "--port",
      new URL(url).port,
    ]);
    programs.push(again);
    await again.printed('"listening"');
    assert.equal((await say("after", url)).code, 0);
    const { code, out } = await listener.ended;
    assert.equal(code, 0, listener.err);
    assert.deepEqual(out.match(/"(before|after)"/g), ['"before"', '"after"']);
  });

  it("says how it is, and stops when asked to", async () => {
    const { url, program } = await serve("health.json", config);
    const socket = client(url, { token: "aaa" });
    await next(socket, "connect");
    const health = (await (await fetch(`${url}/health`)).json()) as Record<string, unknown>;
    assert.deepEqual([health["status"], health["connections"]], ["ok", 1]);
    assert.equal((await fetch(`${url}/other`)).status, 404);
    const lost = next(socket, "disconnect");
    program.child.kill("SIGTERM");
    await lost;
    const ended = await program.ended;
    assert.deepEqual([ended.code, ended.err], [0, ""]);
    assert.match(ended.out, /"stopped"/);
  });
});

describe("hawser serve with a backend", () => {
  const config = () => ({
    auth: {
      type: "webhook",
      url: `${backendUrl}/auth`,
      secret,
      timeout: "300ms",
      forward: ["x-tenant"],
    },
    webhooks: [
      { events: ["order"], url: `${backendUrl}/order`, secret, retries: 2, timeout: "300ms" },
      { events: ["*"], url: `${backendUrl}/other`, secret, retries: 0 },
    ],
  });

  it("asks who somebody is, and hands events on", async () => {
    answers.set("/auth", ({ auth }) => {
      const { token } = auth as { token?: string };
      if (token === "broken") return [500, {}];
      return token === "good"
        ? [200, { user: "ann", data: { plan: "pro" } }]
        : [403, { message: "not you" }];
    });
    answers.set("/order", ({ data }, attempt) =>
      attempt < 2 ? [503, {}] : [200, { ack: [{ done: (data as unknown[])[0] }] }],
    );
    answers.set("/other", () => [200, {}]);
    const { url } = await serve("backend.json", config());
    assert.deepEqual(await refusalOf(url, { token: "bad" }), [
      "not you",
      { status: 403, code: "REFUSED" },
    ]);
    assert.deepEqual(await refusalOf(url, { token: "broken" }), [
      "authentication is not available",
      { status: 503, code: "AUTH_UNAVAILABLE" },
    ]);
    const ann = client(url, { token: "good" });
    assert.deepEqual(await ann.emitWithAck("order", { item: 7 }), { done: { item: 7 } });
    const orders = asked.filter((it) => it.path === "/order");
    assert.equal(orders.length, 3);
    assert.equal(new Set(orders.map((it) => it.id)).size, 1);
    assert.deepEqual(orders[2]!.body["socket"], {
      id: ann.id,
      namespace: "/",
      user: "ann",
      data: { plan: "pro" },
    });
    await ann.emitWithAck("anything", Buffer.from([0, 1]));
    const other = asked.find((it) => it.path === "/other")!;
    assert.deepEqual(
      [other.body["event"], other.body["data"]],
      ["anything", [{ $base64: "AAE=" }]],
    );
  });

  it("says so when the backend does not", async () => {
    answers.set("/order", () => [500, {}]);
    const { url } = await serve("silent.json", { ...config(), auth: { type: "none" } });
    const answer = (await client(url).emitWithAck("order", 1)) as { error: { code: string } };
    assert.equal(answer.error.code, "BACKEND_REFUSED");
  });
});

describe("hawser serve with signed tokens", () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  function jwt(payload: object, header: object = { alg: "HS256" }, key = secret): string {
    const text = `${part(header)}.${part(payload)}`;
    return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
  }

  it("takes those that are valid, and no others", async () => {
    const auth = { type: "jwt", secret, audience: "chat", roomsClaim: "rooms" };
    const { url } = await serve("jwt.json", { auth, relay: [{ event: "say", rooms: ["r:*"] }] });
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const good = { sub: "ann", aud: "chat", exp, rooms: ["r:1"] };
    const ann = client(url, { token: jwt(good) });
    assert.deepEqual(await ann.emitWithAck("say", "r:1", "x"), { ok: true });
    const codeOf = async (token: string): Promise<string> => {
      const [, data] = (await refusalOf(url, { token })) as [string, { code: string }];
      return data.code;
    };
    assert.equal(await codeOf(jwt({ ...good, exp: exp - 3_600 })), "TOKEN_EXPIRED");
    for (const token of [
      jwt({ ...good, aud: "other" }),
      jwt(good, { alg: "HS256" }, `${secret}x`),
      `${part({ alg: "none" })}.${part(good)}.`,
      jwt({ ...good, sub: undefined }),
      "no token at all",
    ]) {
      assert.equal(await codeOf(token), "TOKEN_INVALID");
    }
  });
});
