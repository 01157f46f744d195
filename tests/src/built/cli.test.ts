// The program `hawser` against a server: all that a user sees of connect, listen, publish, key and bench.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { after, before, describe, it } from "node:test";
import { WebSocketServer } from "@hawser/websocket";
import { Server, makeApiKey } from "hawser";
import { tls } from "../support/fixtures.ts";
import { HawserProgram, hawser } from "../support/hawser-program.ts";
import type { AddressInfo, Socket } from "node:net";

const http = createServer();
const { key, entry } = makeApiKey({ id: "test" });
const io = new Server(http, {
  publish: { keys: [entry] },
  delivery: {},
  plain: true,
  sse: true,
  subscribe: (_socket, room) => room.startsWith("open:"),
});
const raw = new WebSocketServer({ noServer: true });
let url = "";
let rawUrl = "";
let newest: Socket | undefined;
http.on("connection", (socket) => (newest = socket));

io.use((socket, next) => {
  if (socket.handshake.auth["token"] !== "bad") next();
  else next(Object.assign(new Error("who are you?"), { data: { status: 401 } }));
});
io.on("connection", (socket) => {
  socket.emit("news", "welcome", { n: 1 });
  socket.on("echo", (value: unknown, ack?: (it: unknown) => void) =>
    ack ? ack(value) : socket.emit("echo", value),
  );
  socket.on("subscribe", async (rooms: string[], ack: (it: string[]) => void) => {
    await socket.join(rooms);
    ack(rooms);
  });
  socket.on("ask", () =>
    socket.emit("question", 1, (answer: unknown) => socket.emit("heard", answer)),
  );
  socket.on("say", (room: string, text: string) => io.to(room).durable.emit("said", text));
  socket.on("silence", () => undefined);
  socket.on("drop", () => socket.conn.close());
  socket.on("kick", () => socket.disconnect(true));
  socket.on("escape", () => socket.emit("text", "\u001b[2J"));
});
raw.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => {
    if ((data as Buffer).toString() === "go") socket.close(1000, "done");
    else socket.send(data as Buffer, { binary: isBinary });
  });
});
http.on("upgrade", (request, socket, head) => {
  if (request.url === "/raw")
    raw.handleUpgrade(request, socket, head, (it) => raw.emit("connection", it));
});

const linesOf = (out: string): Record<string, unknown>[] =>
  out
    .split("\n")
    .filter(Boolean)
    .map((it) => JSON.parse(it) as Record<string, unknown>);
const eventsOf = (out: string): unknown[] =>
  linesOf(out)
    .filter((it) => it["type"] === "event")
    .map((it) => [it["event"], it["data"]]);

before(async () => {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  rawUrl = `ws://127.0.0.1:${port}/raw`;
});
after(async () => {
  raw.close();
  await io.close();
});

describe("hawser", () => {
  it("says its version and its help", async () => {
    const [version, help] = await Promise.all([hawser(["--version"]), hawser(["--help"])]);
    assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
    assert.equal(version.code, 0);
    for (const it of ["connect", "listen", "publish", "key", "bench", "serve"])
      assert.ok(help.out.includes(it));
    assert.equal(help.code, 0);
  });

  for (const args of [
    ["nonsense"],
    ["connect"],
    ["connect", "ftp://a"],
    ["listen", "x", "--count", "0"],
    ["connect", "localhost:1", "--auth", "{"],
    ["connect", "localhost:1", "--header", "x"],
  ]) {
    it(`ends with 2 for a wrong usage: ${args.join(" ")}`, async () => {
      const { code, err, out } = await hawser(args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /error: /);
    });
  }
});

describe("hawser connect", () => {
  it("is a pipe: lines in, JSON out", async () => {
    const lines = ['/ack echo {"a":1}', 'echo {"$base64":"AAEC"}'];
    const { code, out } = await hawser(["connect", url, "--json", "--count", "2"], lines);
    assert.equal(code, 0);
    assert.deepEqual(eventsOf(out), [
      ["news", ["welcome", { n: 1 }]],
      ["echo", [{ $base64: "AAEC" }]],
    ]);
    const ack = linesOf(out).find((it) => it["type"] === "ack");
    assert.deepEqual(ack?.["data"], [{ a: 1 }]);
  });

  it("waits for acknowledgements at the end of a pipe, and then ends", async () => {
    const { code, out } = await hawser(["connect", url], ["/ack echo 42"]);
    assert.equal(code, 0);
    assert.match(out, /← ack #1 42\n$/);
  });

  it("ends with 4 when an acknowledgement does not come", async () => {
    const { code } = await hawser(["connect", url, "--timeout", "300ms"], ["/ack silence"]);
    assert.equal(code, 4);
  });

  it("ends with 4 when its line is lost before an acknowledgement, and comes back", async () => {
    const { code, out } = await hawser(["connect", url], ["/ack drop"]);
    assert.match(out, /lost: /);
    assert.equal(code, 4);
  });

  it("answers what the server asks", async () => {
    const program = new HawserProgram(["connect", url, "--count", "3"]);
    program.child.stdin.write("ask\n");
    await program.printed(/question 1 #1\n/);
    program.say('/reply 1 "yes"');
    const { code, out } = await program.ended;
    assert.equal(code, 0);
    assert.match(out, /← heard "yes"\n/);
  });

  it("ends with 1 and the server's words when it is refused", async () => {
    const { code, out } = await hawser(["connect", url, "--token", "bad"]);
    assert.equal(code, 1);
    assert.match(out, /refused: who are you\? \{"status":401\}/);
  });

  it("ends with 3 where nobody is", async () => {
    const { code, out } = await hawser(["connect", "http://127.0.0.1:1"]);
    assert.equal(code, 3);
    assert.match(out, /lost: /);
  });

  it("comes back after a loss, and says so", async () => {
    const { code, out } = await hawser(["connect", url, "--count", "2"], ["drop"]);
    assert.equal(code, 0);
    assert.match(out, /lost: transport close; again in \d\.\d s \(attempt 1\)/);
    assert.equal(out.match(/connected as/g)?.length, 2);
  });

  it("does not with --no-reconnect, and not when the server has sent it away", async () => {
    const [dropped, kicked] = await Promise.all([
      hawser(["connect", url, "--no-reconnect", "--count", "5"], ["drop"]),
      hawser(["connect", url, "--count", "5"], ["kick"]),
    ]);
    assert.deepEqual([dropped.code, kicked.code], [3, 3]);
  });

  it("says which line is wrong, and ends with 2", async () => {
    const { code, err } = await hawser(["connect", url], ["echo 1", 'echo {"a"']);
    assert.equal(code, 2);
    assert.match(err, /line 2: the object is not closed \(column 6\)/);
  });

  it("shows every layer of every frame", async () => {
    const args = ["connect", url, "--frames", "--count", "2"];
    const { out } = await hawser(args, ['echo {"$base64":"AAEC"}']);
    assert.match(out, /‹ text \d+ B · open  \{"sid"/);
    assert.match(out, /› text 4 B · message · CONNECT {2}\{\}/);
    assert.match(out, /› text \d+ B · message · BINARY_EVENT \+1 binary/);
    assert.match(out, /‹ binary 3 B\n {4}0000 {2}00 01 02 +\.\.\.\n/);
    assert.match(out, /› close /);
  });

  it("shows the packets of long-polling, too", async () => {
    const args = ["connect", url, "--transport", "polling", "--frames", "--count", "1"];
    const { code, out } = await hawser(args);
    assert.equal(code, 0);
    assert.match(out, /polling \d+ B · /);
  });

  it("is a bare WebSocket", async () => {
    const lines = ["hello", "//slash", "/binary 01 ff"];
    const { code, out } = await hawser(["connect", rawUrl, "--json", "--count", "3"], lines);
    assert.equal(code, 0);
    assert.deepEqual(
      eventsOf(out).map((it) => (it as unknown[][])[1]),
      [["hello"], ["/slash"], [{ $base64: "Af8=" }]],
    );
  });

  it("ends with 0 when a bare WebSocket is closed as it should be", async () => {
    const { code } = await hawser(["connect", rawUrl, "--count", "5"], ["go"]);
    assert.equal(code, 0);
  });

  it("shows frames beneath TLS, and verifies certificates unless told not to", async () => {
    const secure = createTlsServer(tls);
    const overTls = new Server(secure);
    overTls.on("connection", (socket) => socket.emit("hello", "there"));
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const address = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const args = ["connect", address, "--count", "1", "--frames"];
    const [refused, insecure] = await Promise.all([hawser(args), hawser([...args, "--insecure"])]);
    await overTls.close();
    assert.equal(refused.code, 3);
    assert.equal(insecure.code, 0);
    assert.match(insecure.out, /‹ text \d+ B · message · EVENT {2}\["hello","there"\]/);
  });

  it("shows no escape sequences of a server", async () => {
    const { out } = await hawser(["connect", url, "--count", "2"], ["escape"]);
    assert.ok(!out.includes("\u001b"));
    assert.match(out, /text "\\\\u001b\[2J"|text "\\u001b\[2J"/);
  });

  it("is coloured when asked for, and never with NO_COLOR", async () => {
    const args = ["connect", url, "--count", "1"];
    const [forced, none] = await Promise.all([
      hawser(args, [], { NO_COLOR: "", FORCE_COLOR: "1" }),
      hawser(args, [], { FORCE_COLOR: "1" }),
    ]);
    assert.ok(forced.out.includes("\u001b["));
    assert.ok(!none.out.includes("\u001b["));
  });

  const script = ["/usr/bin/script", "/bin/script"].find((it) => existsSync(it));
  it(
    "has a prompt on a terminal",
    { skip: script === undefined && "script is not there" },
    async () => {
      const command = `stty cols 60; node "$PROGRAM" connect ${url}`;
      const { programFile } = await import("../support/hawser-program.ts");
      const program = new HawserProgram(
        ["-qefc", command, "/dev/null"],
        { PROGRAM: programFile, TERM: "xterm" },
        script,
      );
      await program.printed("connected as");
      program.child.stdin.write("/ack echo 42\r");
      await program.printed("ack #1");
      program.child.stdin.write("/nothing\r");
      await program.printed("there is no /nothing");
      program.child.stdin.write("/quit\r");
      assert.equal((await program.ended).code, 0);
    },
  );
});

describe("hawser in the plain dialect", () => {
  for (const form of ["--plain", "--msgpack"]) {
    it(`emits, hears, subscribes: ${form}`, async () => {
      const lines = [
        "/subscribe open:a closed",
        '/ack echo {"a":1}',
        'echo {"$base64":"AAEC"}',
        "say open:a hi",
      ];
      const { code, out } = await hawser(["connect", url, form, "--json", "--count", "3"], lines);
      assert.equal(code, 0);
      assert.deepEqual(eventsOf(out), [
        ["news", ["welcome", { n: 1 }]],
        ["echo", [{ $base64: "AAEC" }]],
        ["said", ["hi"]],
      ]);
      const of = (type: string) => linesOf(out).find((it) => it["type"] === type);
      assert.deepEqual(of("ack")?.["data"], [{ a: 1 }]);
      assert.deepEqual(of("subscribed")?.["rooms"], ["open:a"]);
      assert.deepEqual(
        [of("error")?.["code"], of("error")?.["at"]],
        ["SUBSCRIBE_REFUSED", "/subscribe/1"],
      );
    });

    it(`shows its frames: ${form}`, async () => {
      const { out } = await hawser(["connect", url, form, "--frames", "--count", "1"]);
      const opcode = form === "--plain" ? "text" : "binary";
      assert.match(out, new RegExp(`› ${opcode} \\d+ B · connect {2}\\{"connect":\\{\\}\\}`));
      assert.match(out, new RegExp(`‹ ${opcode} \\d+ B · event {2}\\{"event":"news"`));
    });

    it(`is given what it missed: ${form}`, async () => {
      const program = new HawserProgram(["connect", url, form, "--session", "--room", "open:b"]);
      await program.printed("subscribed: open:b");
      // The newest connection is its own.
      newest!.destroy();
      await io.to("open:b").durable.emit("said", "missed");
      await program.printed('said "missed"');
      assert.match(program.out, /nothing was missed/);
      program.say("/quit");
      assert.equal((await program.ended).code, 0);
    });
  }

  it("is refused with the middleware's words", async () => {
    const { code, out } = await hawser(["connect", url, "--plain", "--token", "bad"]);
    assert.equal(code, 1);
    assert.match(out, /refused: REFUSED: who are you\? \{"status":401\}/);
  });

  it("loses nothing that was said just before the end", async () => {
    const listening = new HawserProgram([
      "listen",
      url,
      "--plain",
      "-r",
      "open:c",
      "--json",
      "--count",
      "7",
    ]);
    await listening.printed('"subscribed"');
    for (const text of ["1", "2", "3"]) {
      for (const form of [["--plain"], []]) {
        assert.equal((await hawser(["connect", url, ...form], [`say open:c ${text}`])).code, 0);
      }
    }
    const said = eventsOf((await listening.ended).out).filter(
      (it) => (it as string[])[0] === "said",
    );
    assert.equal(said.length, 6);
  });
});

describe("hawser listen over Server-Sent Events", () => {
  it("hears rooms that it may hear, and is refused by others", async () => {
    const program = new HawserProgram([
      "listen",
      url,
      "--sse",
      "-r",
      "open:d",
      "--event",
      "said",
      "--json",
      "--count",
      "1",
    ]);
    await program.printed('"open"');
    io.to("open:d").emit("said", Buffer.from([1, 2]));
    assert.deepEqual(eventsOf((await program.ended).out), [["said", [{ $base64: "AQI=" }]]]);
    const { code, out } = await hawser(["listen", url, "--sse", "-r", "closed"]);
    assert.equal(code, 1);
    assert.match(out, /HTTP 403 .*SUBSCRIBE_REFUSED/);
  });
});

describe("hawser listen and publish", () => {
  it("hear and say, over HTTP with a key", async () => {
    const args = ["listen", url, "--room", "a", "--event", "note", "--json", "--count", "1"];
    const listening = new HawserProgram(args);
    await listening.printed('"subscribed"');
    const words = ["publish", url, "--room", "a", "note", '{"n":1}', "text", "42"];
    const said = await hawser(words, [], { HAWSER_KEY: key });
    assert.deepEqual([said.code, said.err], [0, ""]);
    const heard = await listening.ended;
    assert.deepEqual(eventsOf(heard.out), [["note", [{ n: 1 }, "text", 42]]]);
  });

  it("publish nothing without a key, or to nobody", async () => {
    const [refused, nobody] = await Promise.all([
      hawser(["publish", url, "--all", "note"]),
      hawser(["publish", url, "note"], [], { HAWSER_KEY: key }),
    ]);
    assert.deepEqual([refused.code, nobody.code], [1, 2]);
    assert.match(refused.err, /HTTP 401/);
  });

  it("say something as a client, and print the acknowledgement", async () => {
    const { code, out } = await hawser(["publish", url, "--socket", "--ack", "echo", "[1]"]);
    assert.deepEqual([code, out], [0, "[[1]]\n"]);
  });

  it("end with 4 when the time is over, and with 130 when interrupted", async () => {
    const late = hawser(["listen", url, "--event", "never", "--timeout", "200ms"]);
    const program = new HawserProgram(["listen", url]);
    await program.printed("welcome");
    program.child.kill("SIGINT");
    assert.deepEqual([(await late).code, (await program.ended).code], [4, 130]);
  });

  it("end quietly when nobody reads on", async () => {
    const program = new HawserProgram(["listen", url, "--timeout", "10s"]);
    await program.printed("welcome");
    program.child.stdout.destroy();
    io.emit("news", "nobody reads this");
    io.emit("news", "nor this");
    const ended = await program.ended;
    assert.deepEqual([ended.code, ended.err], [0, ""]);
  });
});

describe("hawser bench", () => {
  const short = ["--duration", "300ms", "--warmup", "50ms", "--json"];

  for (const [what, more, address] of [
    ["acknowledgements", [], () => url],
    ["events", ["--echo", "event"], () => url],
    ["a rate", ["--rate", "200"], () => url],
    ["a bare WebSocket", ["--in-flight", "4"], () => rawUrl],
    ["the plain dialect", ["--plain"], () => url],
    ["the plain dialect by events", ["--plain", "--echo", "event", "--rate", "200"], () => url],
  ] as [string, string[], () => string][]) {
    it(`measures ${what}`, async () => {
      const { code, out, err } = await hawser(["bench", address(), "-c", "3", ...short, ...more]);
      assert.deepEqual([code, err], [0, ""]);
      const figures = JSON.parse(out) as Record<string, number> & {
        latencyMs: Record<string, number>;
      };
      assert.equal(figures["connections"], 3);
      assert.ok(figures["answered"]! > 0);
      assert.ok(
        figures.latencyMs["p50"]! > 0 && figures.latencyMs["p50"]! <= figures.latencyMs["max"]!,
      );
    });
  }

  it("draws a histogram", async () => {
    const { out } = await hawser(["bench", url, "--duration", "200ms", "--warmup", "50ms"]);
    assert.match(out, /messages\/s there and back\n.*\n\nlatency from the send\n {2}p50 /);
    assert.match(out, /█/);
    assert.match(out, /this client: CPU \d+ % of a core/);
  });

  it("says when nothing comes back, or nobody is there", async () => {
    const [silent, nobody, refused] = await Promise.all([
      hawser(["bench", url, "--event", "silence", ...short]),
      hawser(["bench", "http://127.0.0.1:1", ...short]),
      hawser(["bench", url, "--token", "bad", ...short]),
    ]);
    assert.deepEqual([silent.code, nobody.code, refused.code], [4, 3, 1]);
  });

  it("asks before it loads another machine, and has bounds", async () => {
    const [foreign, many] = await Promise.all([
      hawser(["bench", "http://192.0.2.1", "-c", "51"]),
      hawser(["bench", url, "-c", "1000000"]),
    ]);
    assert.deepEqual([foreign.code, many.code], [2, 2]);
    assert.match(foreign.err, /--yes/);
  });
});

describe("hawser key", () => {
  it("makes a key that a server takes", async () => {
    const { out } = await hawser(["key", "--id", "x", "--scope", "read", "--json"]);
    const made = JSON.parse(out) as { key: string; entry: { hash: string; scopes: string[] } };
    const again = await hawser(["key", "--hash", made.key]);
    assert.equal(again.out.trim(), made.entry.hash);
    assert.deepEqual(made.entry.scopes, ["read"]);
    assert.equal((await hawser(["key", "--scope", "everything"])).code, 2);
  });
});
