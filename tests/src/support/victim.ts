// A server in a process of its own, with an honest client on it that must notice nothing.
import assert from "node:assert/strict";
import { request } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { io } from "socket.io-client";
import type { Socket as Bystander } from "socket.io-client";
import { Child } from "./child.ts";
import { testsRoot } from "./fixtures.ts";
import { ours } from "./pairing.ts";
import { collect, next, until, within } from "./wait.ts";

export interface State {
  /** Bytes held by the heap and what hangs on it. */
  held: number;
  rss: number;
  handled: Record<string, number>;
  reasons: Record<string, number>;
  connections: number;
  sockets: number;
  rooms: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface RequestOptions {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

// Noise of a collected heap; a leak worth a test is larger by far.
const heldNoiseBytes = 6_000_000;

export class Victim {
  readonly port: number;
  readonly #child: Child;
  readonly #bystander: Bystander;
  readonly #troubles: string[] = [];
  #commands = 0;
  #before: State | undefined;

  private constructor(child: Child, port: number, bystander: Bystander) {
    this.#child = child;
    this.port = port;
    this.#bystander = bystander;
    bystander.on("disconnect", (reason) => this.#troubles.push(reason));
  }

  static async start(options: object = {}): Promise<Victim> {
    const script = join(testsRoot, "src/hostile/server-process.ts");
    const args = ["--expose-gc", "--no-warnings", script, ours, JSON.stringify(options)];
    const child = new Child(process.execPath, args);
    const { port } = await child.line("the server's port", (line) => "port" in line);
    const bystander = io(`http://127.0.0.1:${String(port)}`, { transports: ["websocket"] });
    await next(bystander, "connect");
    const victim = new Victim(child, port as number, bystander);
    await victim.#ask("state");
    return victim;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async end(): Promise<void> {
    this.#bystander.disconnect();
    await this.#child.end();
  }

  async #ask(what: string, more: object = {}): Promise<State> {
    this.#commands += 1;
    const id = this.#commands;
    this.#child.send({ id, what, ...more });
    return (await this.#child.line(what, (line) => line["id"] === id)) as unknown as State;
  }

  state(): Promise<State> {
    return this.#ask("state");
  }

  /** The same after a garbage collection. */
  collected(): Promise<State> {
    return this.#ask("collected state");
  }

  /** Has the server send to everybody, as fast as the bystander reads, who must get it in full. */
  async flood(batches: number, messages: number, bytes: number): Promise<void> {
    for (let batch = 0; batch < batches; batch += 1) {
      const got = collect<string>(this.#bystander, "flood", messages);
      await this.#ask("flood", { messages, bytes });
      for (const payload of await got) assert.equal(payload.length, bytes);
    }
  }

  /** Call before the attack. When the test ends, the server must be as it was. */
  async watch(t: TestContext): Promise<State> {
    this.#before = await this.collected();
    t.after(() => this.#assertUnharmed(t.name));
    return this.#before;
  }

  async #assertUnharmed(name: string): Promise<void> {
    assert.ok(this.#child.alive, `${name}: the process has died: ${this.#child.errors}`);
    assert.equal(this.#child.errors, "", `${name}: something was written to stderr`);
    const echoed: unknown = await this.#bystander.timeout(5_000).emitWithAck("echo", name);
    assert.equal(echoed, name);
    assert.deepEqual(this.#troubles, [], `${name}: the honest client was disconnected`);
    await until("every connection but the bystander's is gone", async () => {
      return (await this.state()).connections === 1;
    });
    const before = this.#before as State;
    await until("memory has come back", async () => {
      const after = await this.collected();
      return after.sockets === 1 && after.rooms === 1 && after.held < before.held + heldNoiseBytes;
    });
  }

  /** One HTTP request on a connection of its own. `path` is added to "/socket.io/". */
  request(
    path: string,
    { method = "GET", headers = {}, body }: RequestOptions = {},
  ): Promise<Answer> {
    const sized = body === undefined || "transfer-encoding" in headers;
    const answer = new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        {
          agent: false,
          host: "127.0.0.1",
          port: this.port,
          method,
          path: `/socket.io/${path}`,
          headers: sized ? headers : { "content-length": body.length, ...headers },
        },
        (incoming) => {
          let text = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (chunk: string) => (text += chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const { statusCode = 0, headers: answered } = incoming;
            resolve({ status: statusCode, headers: answered, body: text });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
    return within(`answer to ${method} ${path}`, answer);
  }

  /** Opens a polling session and resolves with its id; with `namespace`, the main namespace is joined. */
  async pollingSession({ joined = true } = {}): Promise<string> {
    const { body } = await this.request("?EIO=4&transport=polling");
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    if (joined) {
      await this.post(sid, "40");
      await this.poll(sid);
    }
    return sid;
  }

  poll(sid: string): Promise<Answer> {
    return this.request(`?EIO=4&transport=polling&sid=${sid}`);
  }

  post(sid: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.request(`?EIO=4&transport=polling&sid=${sid}`, {
      method: "POST",
      headers: { "content-type": "text/plain;charset=UTF-8", ...headers },
      body: typeof body === "string" ? Buffer.from(body) : body,
    });
  }

  /** The session ends: every later request is told that it is unknown. */
  async assertEnded(sid: string): Promise<void> {
    await until(`session ${sid} has ended`, async () => {
      const { status, body } = await this.poll(sid);
      return status === 400 && body.includes('"code":1');
    });
  }

  /** The session lives: it answers an event. */
  async assertLives(sid: string): Promise<void> {
    assert.equal((await this.post(sid, '42["echo",1]')).status, 200);
    let seen = "";
    await until("the echo", async () => {
      seen += (await this.poll(sid)).body;
      return seen.includes('42["echo",1]');
    });
    await this.post(sid, "1");
  }
}
