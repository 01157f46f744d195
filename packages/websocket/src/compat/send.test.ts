import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { event, plain, same, thrown } from "./both.ts";
import type { Run, Ws } from "./both.ts";

/** Notes what arrives, up to a close. */
async function arrivals(run: Run, from: Ws, to: Ws, send: () => unknown): Promise<void> {
  for (const name of ["message", "ping", "pong"])
    to.on(name, (data: unknown, isBinary: unknown) => run.see(name, plain(data), isBinary));
  to.on("error", (error) => run.see(plain(error)));
  const closed = event(to, "close");
  await send();
  from.close(1000, "done");
  const [code, reason] = await closed;
  run.see(code, plain(reason));
}

const memory = Uint8Array.of(9, 1, 2, 3, 9, 10, 11, 12).buffer;
// Not among them: shared memory, which a client of `ws` masks in place.
const kinds = (): Record<string, unknown> => ({
  text: "grüße",
  empty: "",
  number: 42,
  zero: 0,
  nan: Number.NaN,
  buffer: Buffer.from([1, 2, 3]),
  view: new Uint8Array(memory, 1, 3),
  words: new Uint16Array([0x0102, 0x0304]),
  floats: new Float32Array([1.5]),
  dataView: new DataView(memory, 1, 2),
  memory,
  array: [1, 2, 3],
  arrayLike: { length: 2, 0: 7, 1: 8 },
  valueOf: { valueOf: () => Buffer.from("v") },
  primitive: { [Symbol.toPrimitive]: () => "p" },
  string: Object("boxed"),
  undefined,
  null: null,
});

describe("what can be sent", () => {
  for (const side of ["client", "peer"] as const) {
    const other = side === "client" ? "peer" : "client";
    same(`by the ${side}, as a message`, async (run) => {
      const line = await run.pair();
      await arrivals(run, line[side], line[other], () => {
        for (const data of Object.values(kinds())) line[side].send(data as string);
      });
    });
    same(`by the ${side}, as binary and as text`, async (run) => {
      const line = await run.pair();
      await arrivals(run, line[side], line[other], () => {
        for (const data of Object.values(kinds())) {
          line[side].send(data as string, { binary: true });
          line[side].send(data as string, { binary: false });
        }
      });
    });
    same(`by the ${side}, as a ping and a pong`, async (run) => {
      const line = await run.pair({ autoPong: false }, { autoPong: false });
      await arrivals(run, line[side], line[other], () => {
        for (const data of Object.values(kinds())) {
          line[side].ping(data);
          line[side].pong(data);
        }
      });
    });
    same(`by the ${side}, in fragments with pings between`, async (run) => {
      const line = await run.pair();
      await arrivals(run, line[side], line[other], () => {
        line[side].send("a", { fin: false });
        line[side].ping("p");
        line[side].send("b", { fin: false, binary: true });
        line[side].send("", { fin: false });
        line[side].send("c", { fin: true });
        line[side].send(Buffer.from("d"), { fin: false });
        line[side].send("e", { binary: false });
        line[side].send("whole");
      });
    });
    same(`by the ${side}: Blobs, in order with the rest`, async (run) => {
      const line = await run.pair();
      const told: unknown[] = [];
      const tell = (name: string) => (error?: Error | null) =>
        told.push([name, plain(error ?? undefined)]);
      await arrivals(run, line[side], line[other], () => {
        const from = line[side];
        from.send("before", tell("before"));
        from.send(new Blob(["one"]), tell("one"));
        from.send("between", tell("between"));
        from.send(new Blob(["two"]), { binary: false }, tell("two"));
        from.send(Buffer.from("bytes"), tell("bytes"));
        from.ping("ping", undefined, tell("ping"));
        from.send(new Blob([]), tell("empty"));
        from.send(new Blob(["x"]), { fin: false }, tell("start"));
        from.send("y", tell("end"));
        run.see(from.bufferedAmount > 5);
      });
      run.see(told);
    });
    same(`by the ${side}, and what cannot`, async (run) => {
      const line = await run.pair();
      for (const data of [{}, true, Symbol("x"), () => {}, 1n])
        run.see(thrown(() => line[side].send(data as string)));
      run.see(
        thrown(() => line[side].ping("x".repeat(126))),
        line[side].readyState,
      );
      run.see(
        thrown(() => line[side].pong(Buffer.alloc(126))),
        line[side].readyState,
      );
      run.see(thrown(() => line[side].ping({})));
    });
  }

  same("arguments of ping, pong and send", async (run) => {
    const line = await run.pair({ autoPong: false });
    const told: unknown[] = [];
    const tell = (name: string) => (error?: Error | null) =>
      told.push([name, plain(error ?? undefined)]);
    await arrivals(run, line.client, line.peer, () => {
      line.client.ping(tell("a"));
      line.client.ping("b", tell("b") as never);
      line.client.ping("c", undefined, tell("c"));
      line.client.pong(tell("d"));
      line.client.pong("e", tell("e") as never);
      line.client.pong("f", undefined, tell("f"));
      line.client.ping();
      line.client.pong();
      line.client.send("g", tell("g"));
      line.client.send("h", {}, tell("h"));
      line.client.send("i", undefined as never, tell("i"));
      line.client.send("j", { compress: true }, tell("j"));
    });
    run.see(told);
  });

  same("a mask where none belongs", async (run) => {
    for (const [from, to, mask] of [
      ["client", "peer", false],
      ["peer", "client", true],
    ] as const) {
      const line = await run.pair();
      const story = run.story(line[to]);
      line[from].on("error", () => {});
      line[from].send("hi", { mask });
      await story;
    }
    const line = await run.pair();
    await arrivals(run, line.client, line.peer, () => line.client.send("hi", { mask: true }));
  });

  same("generateMask", async (run) => {
    const key = Buffer.from([1, 2, 3, 4]);
    const line = await run.pair(
      {},
      {
        generateMask(mask) {
          if (!Buffer.isBuffer(mask) || mask.length !== 4) throw new Error("not four bytes");
          key.copy(mask);
        },
      },
    );
    const chunks: Buffer[] = [];
    const under = (line.peer as unknown as { _socket: NodeJS.EventEmitter })._socket;
    under.prependListener("data", (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
    await arrivals(run, line.client, line.peer, () => {
      line.client.send("text");
      line.client.send(Buffer.from("bytes"));
      line.client.ping("p");
    });
    run.see(Buffer.concat(chunks).subarray(0, 28).toString("hex"));
  });
});

describe("sending when it is too late", () => {
  same("calls back, and counts as buffered", async (run) => {
    const { client, peer } = await run.pair();
    const told: unknown[] = [];
    const tell = (error?: Error | null) => told.push([plain(error), error?.message]);
    const all = (): void => {
      client.send("abc", tell);
      client.send("grü", {}, tell);
      client.send(Buffer.alloc(5), tell);
      client.send(new Uint16Array(2), tell);
      client.send(12, tell);
      client.send(new Blob(["blob"]), tell);
      client.ping("abc", undefined, tell);
      client.pong(Buffer.alloc(2), undefined, tell);
      client.ping();
      client.send("without");
      run.see(client.readyState, told.length);
    };
    client.close();
    const before = client.bufferedAmount;
    all();
    run.see(client.bufferedAmount - before);
    await event(client, "close");
    run.see(client.bufferedAmount);
    all();
    run.see(client.bufferedAmount);
    await new Promise((resolve) => setImmediate(resolve));
    run.see(told, peer.readyState > 1);
  });

  same("throws while connecting", async (run) => {
    const { url } = await run.listen();
    const client = run.dial(url);
    for (const act of [
      () => client.send("x"),
      () => client.send("x", () => {}),
      () => client.ping("x"),
      () => client.pong(),
    ]) {
      run.see(thrown(act));
      try {
        act();
      } catch (error) {
        run.see((error as Error).message);
      }
    }
    run.see(client.bufferedAmount);
    await event(client, "open");
  });

  same("a Blob that cannot be read", async (run) => {
    const folder = await mkdtemp(join(tmpdir(), "hawser-blob-"));
    run.later(() => void rm(folder, { recursive: true }));
    const file = join(folder, "file");
    await writeFile(file, "before");
    const blob = await openAsBlob(file);
    await writeFile(file, "it has changed since");
    const { client, peer } = await run.pair();
    client.on("error", (error) => run.see("error", error.name, client.readyState));
    const gone = Promise.all([event(client, "close"), event(peer, "close")]);
    const told: unknown[] = [];
    client.send(blob, (error) => told.push(error instanceof Error));
    client.send("behind", (error) => told.push(error instanceof Error));
    await gone;
    run.see(told);
  });

  same("a Blob that is being read when the line goes", async (run) => {
    const { client } = await run.pair();
    const told: unknown[] = [];
    client.send(new Blob(["x".repeat(1_000)]), (error) => told.push(error instanceof Error));
    client.send("behind", (error) => told.push(error instanceof Error));
    run.see(client.bufferedAmount);
    client.terminate();
    await event(client, "close");
    await new Promise((resolve) => setImmediate(resolve));
    run.see(told);
  });
});
