import { describe, expect, it } from "vitest";
import { UwsServer } from "./server.ts";
import type { UwsOptions } from "./server.ts";
import type {
  UwsApp,
  UwsBehavior,
  UwsHttpRequest,
  UwsHttpResponse,
  UwsWebSocket,
} from "./types.ts";
import type { AttachOptions, EngineOptions } from "../options.ts";

/* The real thing is run in tests/ecosystem, since its binary loads on some Nodes only. This one keeps its rules: nothing
may be used after it is over. */

const arrayOf = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text)).buffer;

class FakeResponse implements UwsHttpResponse {
  status = "";
  readonly headers: Record<string, string> = {};
  body: string | undefined = undefined;
  over = false;
  aborted: () => void = () => {};
  data: (chunk: ArrayBuffer, isLast: boolean) => void = () => {};
  opened: object | undefined = undefined;

  writeStatus(status: string): void {
    this.use();
    this.status = status;
  }

  writeHeader(name: string, value: string): void {
    this.use();
    this.headers[name.toLowerCase()] = value;
  }

  end(body: string | Uint8Array): void {
    this.use();
    this.over = true;
    this.body = Buffer.from(body).toString();
  }

  close(): void {
    this.use();
    this.abort();
  }

  onAborted(handler: () => void): void {
    this.aborted = handler;
  }

  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.data = handler;
  }

  cork(write: () => void): void {
    this.use();
    write();
  }

  getRemoteAddressAsText(): ArrayBuffer {
    this.use();
    return arrayOf("10.0.0.1");
  }

  upgrade(userData: object): void {
    this.use();
    this.over = true;
    this.opened = userData;
  }

  abort(): void {
    this.over = true;
    this.aborted();
  }

  private use(): void {
    if (this.over) throw new Error("uWS.HttpResponse must not be accessed after it is over");
  }
}

class FakeWebSocket implements UwsWebSocket {
  readonly sent: (string | Uint8Array)[] = [];
  corked = 0;
  buffered = 0;
  ended = false;
  closed = false;
  private readonly userData: unknown;
  private readonly behavior: UwsBehavior;

  constructor(userData: unknown, behavior: UwsBehavior) {
    this.userData = userData;
    this.behavior = behavior;
  }

  send(message: string | Uint8Array): number {
    this.use();
    this.sent.push(message);
    return 1;
  }

  getBufferedAmount(): number {
    this.use();
    return this.buffered;
  }

  getUserData(): unknown {
    return this.userData;
  }

  cork(write: () => void): void {
    this.use();
    this.corked++;
    write();
  }

  end(): void {
    this.ended = true;
    this.close();
  }

  close(): void {
    this.use();
    this.closed = true;
    this.behavior.close(this);
  }

  private use(): void {
    if (this.closed) throw new Error("Invalid access of closed uWS.WebSocket");
  }
}

class FakeApp implements UwsApp {
  readonly patterns: string[] = [];
  behavior: UwsBehavior | undefined = undefined;
  private handler: (response: UwsHttpResponse, request: UwsHttpRequest) => void = () => {};

  any(pattern: string, handler: FakeApp["handler"]): void {
    this.patterns.push(pattern);
    this.handler = handler;
  }

  ws(_pattern: string, behavior: UwsBehavior): void {
    this.behavior = behavior;
  }

  ask(query: string, headers: Record<string, string> = {}, method = "get"): FakeResponse {
    const response = new FakeResponse();
    this.handler(response, requestOf(query, headers, method));
    return response;
  }

  open(query: string, headers: Record<string, string> = {}): FakeWebSocket | FakeResponse {
    const response = new FakeResponse();
    const behavior = this.behavior!;
    behavior.upgrade(response, requestOf(query, { ...handshake, ...headers }, "get"), {});
    if (response.opened === undefined) return response;
    const webSocket = new FakeWebSocket(response.opened, behavior);
    behavior.open(webSocket);
    return webSocket;
  }
}

const handshake = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

function requestOf(query: string, headers: Record<string, string>, method: string): UwsHttpRequest {
  return {
    getMethod: () => method,
    getUrl: () => "/engine.io/",
    getQuery: () => query,
    forEach: (each) => Object.entries(headers).forEach(([name, value]) => each(name, value)),
  };
}

function setUp(options: EngineOptions = {}, how: AttachOptions & UwsOptions = {}) {
  const app = new FakeApp();
  const engine = new UwsServer(options).attach(app, how);
  const closes: unknown[] = [];
  engine.on("connection", (connection) => {
    connection.on("message", (data) => connection.send(data));
    connection.on("close", (reason) => closes.push(reason));
  });
  return { app, engine, closes };
}

const poll = "EIO=4&transport=polling";
const ws = "EIO=4&transport=websocket";
const tick = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("UwsServer", () => {
  it("takes what is under the path, with its settings", () => {
    expect(setUp().app.patterns).toEqual(["/engine.io/*"]);
    const { app } = setUp(
      { path: "/x", maxHttpBufferSize: 5 },
      { addTrailingSlash: false, idleTimeout: 9 },
    );
    expect(app.patterns).toEqual(["/x", "/x/*"]);
    expect(app.behavior).toMatchObject({ idleTimeout: 9, maxPayloadLength: 5 });
    expect(setUp({ transports: ["polling"] }).app.behavior).toBeUndefined();
  });

  it("carries a session over polling", async () => {
    const { app, engine } = setUp({ cookie: true });
    const opened = app.ask(poll);
    await tick();
    expect(opened.status).toBe("200 OK");
    const [connection] = Object.values(engine.clients);
    expect(opened.headers["set-cookie"]).toContain(connection!.id);
    expect(connection!.remoteAddress).toBe("10.0.0.1");
    const session = `${poll}&sid=${connection!.id}`;
    const posted = app.ask(session, {}, "post");
    const chunk = Buffer.from("4hé");
    posted.data(Uint8Array.from(chunk.subarray(0, 3)).buffer, false);
    posted.data(Uint8Array.from(chunk.subarray(3)).buffer, true);
    await tick();
    expect(posted.body).toBe("ok");
    const polled = app.ask(session);
    await tick();
    expect(polled.body).toBe("4hé");
  });

  it("ends the session of a client that gives up, and touches nothing that is over", async () => {
    const { app, engine, closes } = setUp();
    app.ask(poll);
    await tick();
    const [connection] = Object.values(engine.clients);
    const waiting = app.ask(`${poll}&sid=${connection!.id}`);
    waiting.abort();
    await tick();
    connection!.send("late");
    expect(closes).toEqual(["transport error"]);
    expect(waiting.body).toBeUndefined();
    const refused = app.ask("EIO=4&transport=x", {}, "post");
    expect(refused.status).toBe("400 Bad Request");
    refused.data(arrayOf("more"), true);
  });

  it("cuts off a body that nobody reads", async () => {
    let decide: (error: null, success: boolean) => void = () => {};
    const { app } = setUp({ maxHttpBufferSize: 100 });
    const { app: slow, engine } = setUp({ maxHttpBufferSize: 100 });
    engine.use((_request, _response, next) => (decide = () => next()));
    expect(app.ask(poll).over).toBe(true);
    const posted = slow.ask(poll, {}, "post");
    for (let index = 0; index < 3; index++) posted.data(new ArrayBuffer(60), false);
    expect(posted.over).toBe(true);
    await tick();
    decide(null, true);
    expect(posted.status).toBe("");
  });

  it("carries a session over websocket: what is sent in one tick leaves in one write", async () => {
    const { app, engine, closes } = setUp();
    const webSocket = app.open(ws) as FakeWebSocket;
    await tick();
    expect(webSocket.sent[0]).toContain('"upgrades":[]');
    const corked = webSocket.corked;
    app.behavior!.message(webSocket, arrayOf("4é"), false);
    app.behavior!.message(webSocket, arrayOf("bytes"), true);
    await tick();
    expect(webSocket.sent.slice(1)).toEqual(["4é", Buffer.from("bytes")]);
    expect(webSocket.corked).toBe(corked + 1);
    webSocket.end();
    const [connection] = Object.values(engine.clients);
    expect(connection).toBeUndefined();
    expect(closes).toEqual(["transport close"]);
  });

  it("calls back when the line has drained", async () => {
    const { app, engine } = setUp();
    const webSocket = app.open(ws) as FakeWebSocket;
    await tick();
    const [connection] = Object.values(engine.clients);
    webSocket.buffered = 10;
    let called = 0;
    connection!.send("x", {}, () => called++);
    await tick();
    expect([called, connection!.writable]).toEqual([0, false]);
    webSocket.buffered = 0;
    app.behavior!.drain(webSocket);
    await tick();
    expect([called, connection!.writable]).toEqual([1, true]);
    engine.close();
    expect(webSocket.ended).toBe(true);
  });

  it("ends a line that does not read", async () => {
    const { app, engine, closes } = setUp({ maxBufferedBytes: 1_000 });
    const webSocket = app.open(ws) as FakeWebSocket;
    const [connection] = Object.values(engine.clients);
    webSocket.buffered = 1_001;
    connection!.send("x".repeat(70_000));
    connection!.send("y");
    expect(closes).toEqual(["transport error"]);
    expect(webSocket.closed).toBe(true);
  });

  it("refuses as HTTP: other origins, and what is no handshake", async () => {
    const { app } = setUp();
    const foreign = app.open(ws, { origin: "https://evil.example", host: "a" }) as FakeResponse;
    expect(foreign.status).toBe("403 Forbidden");
    expect(JSON.parse(foreign.body!)).toMatchObject({ code: 4 });
    const wrong = app.open(ws, { "sec-websocket-key": "x" }) as FakeResponse;
    expect(wrong.status).toBe("400 Bad Request");
    expect(JSON.parse(wrong.body!)).toMatchObject({ code: 3 });
  });
});
