import type { Duplex } from "node:stream";
import { describe } from "vitest";
import { event, handshake, plain, same, thrown } from "./both.ts";
import type { Run, Ws } from "./both.ts";

const under = (socket: Ws): Duplex => (socket as unknown as { _socket: Duplex })._socket;

describe("closing", () => {
  for (const side of ["client", "peer"] as const) {
    const other = side === "client" ? "peer" : "client";
    const cases: [string, ...unknown[]][] = [
      ["nothing"],
      ["a code", 1000],
      ["a code and a reason", 1000, "grüße"],
      ["a private code", 4999, Buffer.from("bytes")],
      ["an empty reason", 1001, ""],
      ["a reason without a code", undefined, "lost"],
      ["123 bytes", 1000, "x".repeat(123)],
    ];
    for (const [name, ...args] of cases) {
      same(`by the ${side}, with ${name}`, async (run) => {
        const line = await run.pair();
        const stories = [story(run, line[side]), story(run, line[other])];
        line[side].close(...(args as [number, string]));
        run.see(line[side].readyState);
        for (const told of await Promise.all(stories)) run.see(told);
      });
    }

    same(`by the ${side}, with what cannot be sent`, async (run) => {
      const line = await run.pair();
      for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, "1000", null, NaN])
        run.see(
          code,
          thrown(() => line[side].close(code as number)),
        );
    });
    same(`by the ${side}, with a reason that is too long`, async (run) => {
      const line = await run.pair();
      run.see(thrown(() => line[side].close(1000, "x".repeat(124))));
    });

    same(`by the ${side}, twice, and by both at once`, async (run) => {
      const line = await run.pair();
      const stories = [story(run, line[side]), story(run, line[other])];
      line[side].close(1000);
      line[side].close(1001, "again");
      line[other].close(4000, "too");
      for (const told of await Promise.all(stories)) run.see(told);
      line[side].close();
      run.see(line[side].readyState);
    });

    same(`by the ${side}: what was sent before arrives`, async (run) => {
      const line = await run.pair();
      const told = story(run, line[other]);
      for (let n = 0; n < 20; n++) line[side].send(String(n).repeat(n * 100));
      line[side].close(1000, "last");
      run.see((await told).length);
    });

    same(`${side}.terminate`, async (run) => {
      const line = await run.pair();
      const stories = [story(run, line[side]), story(run, line[other])];
      line[side].terminate();
      run.see(line[side].readyState);
      line[side].terminate();
      for (const told of await Promise.all(stories)) run.see(told);
      line[side].terminate();
      run.see(line[side].readyState);
    });

    same(`${side}: the line is cut below`, async (run) => {
      const line = await run.pair();
      const stories = [story(run, line[side]), story(run, line[other])];
      under(line[side]).destroy();
      for (const told of await Promise.all(stories)) run.see(told);
    });
    same(`${side}: the line ends below without a close frame`, async (run) => {
      const line = await run.pair();
      const stories = [story(run, line[side]), story(run, line[other])];
      under(line[side]).end();
      for (const told of await Promise.all(stories)) run.see(told);
    });
    same(`${side}: the socket fails below`, async (run) => {
      const line = await run.pair();
      const told = story(run, line[side]);
      under(line[side]).emit("error", new Error("Oops"));
      run.see(line[side].readyState);
      under(line[side]).destroy();
      run.see(await told);
    });
  }

  same("a peer that never answers", async (run) => {
    const { server, url } = await run.listen({ closeTimeout: 50 } as object);
    const accepted = event(server, "connection");
    run.raw(url).write(handshake());
    const [peer] = (await accepted) as [Ws];
    const told = story(run, peer);
    peer.close(1000);
    run.see(await told);
  });
});

/** Everything that a socket emits, with the state it was in. */
function story(_run: Run, socket: Ws): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const name of ["open", "message", "ping", "pong", "error"])
    socket.on(name, (...args: unknown[]) =>
      told.push([name, ...args.map(plain), socket.readyState]),
    );
  return new Promise((resolve) => {
    socket.on("close", (code, reason) => {
      told.push(["close", code, Buffer.isBuffer(reason), String(reason), socket.readyState]);
      resolve(told);
    });
  });
}

const frames: Record<string, number[]> = {
  "an opcode that is reserved": [0x83, 0x80, 0, 0, 0, 0],
  "a control opcode that is reserved": [0x8b, 0x80, 0, 0, 0, 0],
  RSV1: [0xc1, 0x80, 0, 0, 0, 0],
  RSV2: [0xa1, 0x80, 0, 0, 0, 0],
  RSV3: [0x91, 0x80, 0, 0, 0, 0],
  "RSV1 on a ping": [0xc9, 0x80, 0, 0, 0, 0],
  "a continuation of nothing": [0x80, 0x80, 0, 0, 0, 0],
  "a message in a message": [0x01, 0x80, 0, 0, 0, 0, 0x01, 0x80, 0, 0, 0, 0],
  "a ping in fragments": [0x09, 0x80, 0, 0, 0, 0],
  "a long ping": [0x89, 0xfe, 0, 126, 0, 0, 0, 0],
  "no mask": [0x81, 0x01, 0x41],
  "a message that is too long": [0x82, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0],
  "fragments that are too long": [
    0x02,
    0xfe,
    0x40,
    0,
    0,
    0,
    0,
    0,
    ...Array<number>(0x4000).fill(0),
    0x80,
    0xfe,
    0xf0,
    0,
    0,
    0,
    0,
    0,
  ],
  "text that is no UTF-8": [0x81, 0x84, 0, 0, 0, 0, 0xce, 0xba, 0xe1, 0xbd],
  "a close frame of one byte": [0x88, 0x81, 0, 0, 0, 0, 0x03],
  "a close code that is reserved": [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed],
  "a close code that is unknown": [0x88, 0x82, 0, 0, 0, 0, 0x00, 0x00],
  "a close reason that is no UTF-8": [0x88, 0x84, 0, 0, 0, 0, 0x03, 0xe8, 0xff, 0xff],
  "a close frame": [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8],
  "an empty close frame": [0x88, 0x80, 0, 0, 0, 0],
  "messages and a close frame": [
    0x81, 0x81, 0, 0, 0, 0, 0x41, 0x89, 0x80, 0, 0, 0, 0, 0x8a, 0x80, 0, 0, 0, 0, 0x88, 0x80, 0, 0,
    0, 0, 0x81, 0x80, 0, 0, 0, 0,
  ],
};

describe("what a client can do wrong", () => {
  for (const [name, bytes] of Object.entries(frames)) {
    same(name, async (run) => {
      const { server, url } = await run.listen({ maxPayload: 65_536 });
      const accepted = event(server, "connection");
      const raw = run.raw(url);
      raw.write(handshake());
      const [peer] = (await accepted) as [Ws];
      const told = story(run, peer);
      const ended = event(raw, "end");
      let back = Buffer.alloc(0);
      raw.on("data", (chunk: Buffer) => (back = Buffer.concat([back, chunk])));
      raw.write(Buffer.from(bytes));
      await ended;
      raw.end();
      run.see(await told);
      const reply = back.subarray(back.indexOf("\r\n\r\n") + 4);
      // The reason is ours to word, and so is whether there is one.
      run.see(reply.subarray(0, 4).toString("hex").replace(/^88../, "88"));
    });
  }
});

describe("what a server can do wrong", () => {
  for (const [name, bytes] of Object.entries({
    "a mask": [0x81, 0x81, 0, 0, 0, 0, 0x41],
    RSV2: [0xa1, 0],
  })) {
    same(name, async (run) => {
      const { client, peer } = await run.pair();
      const told = story(run, client);
      under(peer).write(Buffer.from(bytes));
      run.see(await told);
    });
  }
});

describe("too many fragments", () => {
  same("end the line", async (run) => {
    const { client, peer } = await run.pair({ maxFragments: 3 });
    const told = story(run, peer);
    for (let n = 0; n < 6; n++) client.send("a", { fin: false });
    run.see(await told);
  });
});

describe("pause and resume", () => {
  same("hold messages back, and say so", async (run) => {
    const { client, peer } = await run.pair();
    run.see(client.isPaused);
    client.pause();
    run.see(client.isPaused);
    client.pause();
    client.resume();
    run.see(client.isPaused);
    client.pause();
    peer.send("x");
    const got = event(client, "message");
    client.resume();
    run.see(plain((await got)[0]));
    client.close();
    client.pause();
    run.see(client.isPaused);
    client.resume();
    await event(client, "close");
    client.pause();
    run.see(client.isPaused);
    client.resume();
    run.see(client.isPaused);
  });

  same("do nothing while connecting", async (run) => {
    const { url } = await run.listen();
    const client = run.dial(url);
    client.pause();
    run.see(client.isPaused);
    await event(client, "open");
    run.see(client.isPaused);
  });
});

describe("pings", () => {
  same("are answered, unless that is left to the user", async (run) => {
    for (const autoPong of [true, false]) {
      const { client, peer } = await run.pair({ autoPong }, { autoPong });
      for (const [from, to] of [
        [client, peer],
        [peer, client],
      ] as const) {
        to.on("ping", (data) => {
          run.see("ping", plain(data), to.readyState);
          if (!autoPong) to.pong("by hand");
        });
        const answer = event(from, "pong");
        from.ping("are you there");
        run.see(plain((await answer)[0]));
      }
    }
  });
});

describe("allowSynchronousEvents", () => {
  same("lets microtasks in between when it is off", async (run) => {
    for (const allowSynchronousEvents of [true, false]) {
      const { client, peer } = await run.pair({}, { allowSynchronousEvents });
      const order: string[] = [];
      client.on("message", (data) => {
        order.push(plain(data) as string);
        process.nextTick(() => order.push("tick"));
        void Promise.resolve().then(() => order.push("microtask"));
      });
      client.on("ping", () => order.push("ping"));
      client.on("close", () => order.push("close"));
      under(peer).write(
        Buffer.from([0x81, 1, 0x61, 0x81, 1, 0x62, 0x89, 0, 0x81, 1, 0x63, 0x88, 0]),
      );
      await event(client, "close");
      run.see(order);
    }
  });
});
