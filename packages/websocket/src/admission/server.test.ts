import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { VerifyAnswer } from "../options.ts";
import type { WebSocketServer } from "../server/server.ts";
import { readAll, readHead, upgradeRequest } from "../testing/servers.ts";
import { cleanUp, cleanUpAll, listen } from "../testing/sockets.ts";
import type { WebSocket } from "../socket/websocket.ts";

afterEach(cleanUpAll);

/** Asks to be let in; the line, and the head of the answer. */
async function knock(
  server: WebSocketServer,
  headers: Record<string, string> = {},
  localAddress?: string,
): Promise<{ line: Socket; head: string }> {
  const line = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    localAddress,
  } as never);
  cleanUp.push(() => line.destroy());
  line.on("error", () => {});
  line.write(upgradeRequest(headers));
  return { line, head: await readHead(line) };
}

async function status(...args: Parameters<typeof knock>): Promise<number> {
  return Number((await knock(...args)).head.split(" ")[1]);
}

/** Waits until the server has seen a connection go. */
async function leave(server: WebSocketServer, line: Socket): Promise<void> {
  const closed = Promise.race([...server.clients].map((socket) => once(socket, "close")));
  line.destroy();
  await closed;
}

function refusals(server: WebSocketServer): Record<string, number> {
  return Object.fromEntries(server.refusals);
}

describe("limits of a server", () => {
  it("are off by default", async () => {
    const { server } = await listen();
    const all = await Promise.all(Array.from({ length: 50 }, () => status(server)));
    expect(new Set(all)).toEqual(new Set([101]));
    expect(refusals(server)).toEqual({});
  });

  it("turn away with 503 who is one too many, until somebody leaves", async () => {
    const { server } = await listen({ limits: { connections: 2 } });
    const { line } = await knock(server);
    expect(await status(server)).toBe(101);
    const { head, line: refused } = await knock(server);
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect(head).toMatch(/\r\nRetry-After: 5/);
    expect((await readAll(refused)).toString()).toBe("too many connections");
    expect(refusals(server)).toEqual({ WS_TOO_MANY_CONNECTIONS: 1 });
    await leave(server, line);
    expect(await status(server)).toBe(101);
  });

  it("turn away with 429 who comes too often from one address, and nobody else", async () => {
    const { server } = await listen({ limits: { connectionsPerAddress: 2 } });
    const { line } = await knock(server);
    expect(await status(server)).toBe(101);
    expect(await status(server)).toBe(429);
    expect(await status(server, {}, "127.0.0.2")).toBe(101);
    expect(refusals(server)).toEqual({ WS_TOO_MANY_FROM_ADDRESS: 1 });
    await leave(server, line);
    expect(await status(server)).toBe(101);
  });

  it("count for the address that the application names, and believe no header otherwise", async () => {
    const limits = { connectionsPerAddress: 1 };
    const named = await listen({
      limits,
      addressOf: (request: IncomingMessage) => request.headers["x-forwarded-for"],
    });
    expect(await status(named.server, { "X-Forwarded-For": "192.0.2.1" })).toBe(101);
    expect(await status(named.server, { "X-Forwarded-For": "192.0.2.2" })).toBe(101);
    expect(await status(named.server, { "X-Forwarded-For": "192.0.2.1" })).toBe(429);
    const plain = await listen({ limits });
    expect(await status(plain.server, { "X-Forwarded-For": "192.0.2.1" })).toBe(101);
    expect(await status(plain.server, { "X-Forwarded-For": "192.0.2.2" })).toBe(429);
  });

  it("bound the rate of handshakes, and say when to come again", async () => {
    const { server } = await listen({ limits: { handshakes: { perSecond: 0.01, burst: 3 } } });
    const all = await Promise.all(Array.from({ length: 5 }, () => status(server)));
    expect(all.toSorted((a, b) => a - b)).toEqual([101, 101, 101, 429, 429]);
    const retry = /\r\nRetry-After: (\d+)/.exec((await knock(server)).head)?.[1];
    expect(Number(retry)).toBeGreaterThan(90);
    expect(Number(retry)).toBeLessThanOrEqual(100);
    expect(refusals(server)).toEqual({ WS_TOO_MANY_HANDSHAKES: 3 });
  });

  it("bound the rate of one address", async () => {
    const { server } = await listen({
      limits: { handshakesPerAddress: { perSecond: 0.01, burst: 1 } },
    });
    expect(await status(server)).toBe(101);
    expect(await status(server)).toBe(429);
    expect(await status(server, {}, "127.0.0.2")).toBe(101);
  });

  it("hold where upgrades are handed over, and tell wsClientError", async () => {
    const { server: free } = await listen();
    const { WebSocketServer } = await import("../server/server.ts");
    const server = new WebSocketServer({ noServer: true, limits: { connections: 1 } });
    const errors: unknown[] = [];
    server.on("wsClientError", (error, socket) => {
      errors.push((error as Error & { code: string; status: number }).status);
      socket.end("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n");
    });
    const http = createServer().on("upgrade", (request, socket, head) =>
      server.handleUpgrade(request, socket, head, () => {}),
    );
    cleanUp.push(() => {
      for (const client of server.clients) client.terminate();
      http.close();
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const at = { address: () => http.address() } as typeof free;
    expect(await status(at)).toBe(101);
    expect(await status(at)).toBe(418);
    expect(errors).toEqual([503]);
    expect(refusals(server)).toEqual({ WS_TOO_MANY_CONNECTIONS: 1 });
  });

  it("count nobody who was refused for another reason", async () => {
    const { server } = await listen({ limits: { connections: 1 }, path: "/here" });
    for (let count = 0; count < 3; count++) expect(await status(server)).toBe(400);
    expect(refusals(server)).toEqual({ WS_HANDSHAKE_PATH: 3 });
    const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
    cleanUp.push(() => line.destroy());
    line.write(upgradeRequest({}, "GET /here HTTP/1.1"));
    expect(await readHead(line)).toMatch(/ 101 /);
  });

  it("count nobody whose handshake an application's listener ends by throwing", async () => {
    const { server } = await listen({ limits: { connections: 1 } });
    const upgrade = server["server"]?.listeners("upgrade")[0] as (...args: unknown[]) => void;
    const thrown: unknown[] = [];
    server["server"]?.removeAllListeners("upgrade").on("upgrade", (...args) => {
      try {
        upgrade(...args);
      } catch (error) {
        thrown.push(error);
        args[1].destroy();
      }
    });
    const mistake = new Error("the application's");
    server.once("headers", () => {
      throw mistake;
    });
    const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
    cleanUp.push(() => line.destroy());
    line.write(upgradeRequest());
    await readAll(line);
    expect(thrown).toEqual([mistake]);
    expect(await status(server)).toBe(101);
  });

  it("refuse limits that are none when the server is made", async () => {
    await expect(listen({ limits: { connections: -1 } })).rejects.toMatchObject({
      code: "WS_ARGUMENT",
    });
  });
});

describe("handshakes that wait for verifyClient", () => {
  /** A server whose answers the test gives. */
  async function asking(
    limits: object,
  ): Promise<{ server: WebSocketServer; answers: VerifyAnswer[]; asked: () => Promise<void> }> {
    const answers: VerifyAnswer[] = [];
    let wake = (): void => {};
    const { server } = await listen({
      limits,
      verifyClient: (_: unknown, answer: VerifyAnswer) => {
        answers.push(answer);
        wake();
      },
    });
    const asked = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
      });
    return { server, answers, asked };
  }

  it("count as connections, and no more when they are refused", async () => {
    const { server, answers, asked } = await asking({ connections: 1 });
    const wait = asked();
    const first = knock(server);
    await wait;
    expect(await status(server)).toBe(503);
    answers[0]?.(false, 403, "no", { "X-Why": "because" });
    const { head } = await first;
    expect(head).toMatch(/^HTTP\/1\.1 403 [^]*X-Why: because/);
    expect(refusals(server)).toEqual({ WS_TOO_MANY_CONNECTIONS: 1, WS_HANDSHAKE_REFUSED: 1 });
    const again = asked();
    const second = knock(server);
    await again;
    answers[1]?.(true);
    expect((await second).head).toMatch(/ 101 /);
    expect(await status(server)).toBe(503);
  });

  it("are bounded in number", async () => {
    const { server, answers, asked } = await asking({ pendingHandshakes: 1 });
    const wait = asked();
    const first = knock(server);
    await wait;
    expect(await status(server)).toBe(503);
    expect(refusals(server)).toEqual({ WS_TOO_MANY_PENDING: 1 });
    answers[0]?.(true);
    expect((await first).head).toMatch(/ 101 /);
    const again = asked();
    const second = knock(server);
    await again;
    answers[1]?.(true);
    expect((await second).head).toMatch(/ 101 /);
  });

  it("are bounded in time, and an answer that is late changes nothing", async () => {
    const { server, answers } = await asking({ handshakeTimeout: 20, connections: 1 });
    const { head, line } = await knock(server);
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect((await readAll(line)).toString()).toMatch(/verifying/);
    let connections = 0;
    server.on("connection", () => connections++);
    answers[0]?.(true);
    answers[0]?.(false);
    expect(connections).toBe(0);
    expect(refusals(server)).toEqual({ WS_VERIFY_TIMEOUT: 1 });
    // It holds no place any more.
    expect(server["reception"].door.guests).toBe(0);
  });

  it("are forgotten when their client goes", async () => {
    const { server, answers, asked } = await asking({ connections: 1 });
    const wait = asked();
    const line = connect((server.address() as AddressInfo).port, "127.0.0.1");
    line.on("error", () => {});
    let upgraded: Socket | undefined;
    server["server"]?.prependListener("upgrade", (_, socket: Socket) => {
      upgraded = socket;
    });
    line.write(upgradeRequest());
    await wait;
    line.resetAndDestroy();
    if (upgraded?.destroyed !== true)
      await new Promise((resolve) => upgraded?.once("close", resolve));
    expect(server["reception"].door.guests).toBe(0);
    expect(() => answers[0]?.(true)).not.toThrow();
    expect(server.clients.size).toBe(0);
  });
});

describe("a server on a port of its own", () => {
  it("waits for the head of a request for ten seconds, and looks every two", async () => {
    const { server } = await listen();
    const http = server["server"] as ReturnType<typeof createServer>;
    expect([http.headersTimeout, http.requestTimeout]).toEqual([10_000, 10_000]);
    expect((http as unknown as Record<string, unknown>)["connectionsCheckingInterval"]).toBe(2_000);
  });
});

it("the addresses of those who have left are forgotten", async () => {
  const { server } = await listen({ limits: { connectionsPerAddress: 5 } });
  const lines = [];
  for (const last of [1, 2, 3]) lines.push((await knock(server, {}, `127.0.0.${last}`)).line);
  const door = server["reception"].door as unknown as {
    guestsOf: Map<string, number>;
    guests: number;
  };
  expect(door.guestsOf.size).toBe(3);
  const gone = [...server.clients].map((socket: WebSocket) => once(socket, "close"));
  for (const line of lines) line.destroy();
  await Promise.all(gone);
  expect([door.guestsOf.size, door.guests]).toEqual([0, 0]);
});
