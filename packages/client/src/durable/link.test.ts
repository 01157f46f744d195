import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { io } from "../index.ts";
import type { Socket } from "../socket.ts";
import { open, reopen, useFakeLine } from "../testing/fake-line.ts";
import { lastTransport } from "../testing/fake-transport.ts";
import { settled } from "../testing/durable-world.ts";
import { DeliveryError, durable } from "./index.ts";
import { Delivery } from "./delivery.ts";
import { ClientSession } from "./session.ts";
import type { DurableOptions, DurableSocket, OpenOutbox, OutboxStore } from "./index.ts";

useFakeLine();
afterEach(() => vi.restoreAllMocks());

const agreed = (more: object = {}): string =>
  `0${JSON.stringify({
    sid: "s1",
    $delivery: {
      v: 1,
      session: { id: "S", secret: "x" },
      recovered: false,
      position: { epoch: "e", offset: 0 },
      accepted: 0,
      inFlight: 2,
      ...more,
    },
  })}`;

async function meet(
  options: DurableOptions & { auth?: object } = {},
  answer: string | undefined = agreed(),
): Promise<DurableSocket> {
  const { auth, ...rest } = options;
  const socket = open({ durable: durable(rest), ...(auth && { auth: auth as {} }) });
  await settled();
  if (answer) lastTransport().message(answer);
  await settled();
  return socket as unknown as DurableSocket;
}

/** What was sent since the last time. */
function take(): string[] {
  const { wire, sent } = lastTransport();
  sent.length = 0;
  return wire;
}

function heard(socket: DurableSocket, ...events: string[]): unknown[] {
  const list: unknown[] = [];
  for (const event of events) socket.on(event, (...args: unknown[]) => list.push([event, ...args]));
  return list;
}

function notices(socket: DurableSocket): unknown[] {
  const list: unknown[] = [];
  for (const name of ["live", "reset", "fenced", "unsupported", "error"] as const) {
    socket.delivery.on(name, (what: object) =>
      list.push([name, what instanceof DeliveryError ? what.code : what]),
    );
  }
  return list;
}

describe("coming in", () => {
  it("says in CONNECT what it has, beside the user's auth", async () => {
    const socket = await meet({ auth: { token: 1 } });
    expect(take()).toEqual(['40{"token":1,"$delivery":{"v":1,"next":1}}']);
    expect([socket.connected, socket.recovered]).toEqual([true, false]);
    expect(socket.auth).toEqual({ token: 1 });
    reopen();
    expect(take()).toEqual([
      '40{"token":1,"$delivery":{"v":1,"session":{"id":"S","secret":"x"},"position":{"epoch":"e","offset":0},"next":1}}',
    ]);
    lastTransport().message(agreed({ recovered: true }));
    expect(socket.recovered).toBe(true);
  });

  it("leaves a socket without the option as it was", () => {
    const socket = open();
    expect(take()).toEqual(["40"]);
    expect("durable" in socket).toBe(false);
    expect("outbox" in socket).toBe(false);
  });

  it("waits for its store, and for the newest line alone", async () => {
    let give!: (box: OpenOutbox) => void;
    const store: OutboxStore = { open: () => new Promise((resolve) => (give = resolve)) };
    open({ durable: durable({ storage: store }) });
    reopen();
    expect(take()).toEqual([]);
    give({ state: undefined, entries: [], save() {}, close() {} });
    await settled();
    expect(take()).toHaveLength(1);
  });

  it("says that the server has no delivery", async () => {
    const socket = await meet({}, "");
    const told = notices(socket);
    const early = socket.durable.emit("early");
    lastTransport().message('0{"sid":"s1"}');
    await expect(early).rejects.toMatchObject({ code: "DELIVERY_UNSUPPORTED", sent: "no" });
    await expect(socket.durable.emit("late")).rejects.toMatchObject({
      code: "DELIVERY_UNSUPPORTED",
    });
    expect(told).toEqual([["unsupported", "DELIVERY_UNSUPPORTED"]]);
    expect(socket.connected).toBe(true);
    const got = heard(socket, "$durable");
    lastTransport().message('2["$durable",1,"x"]');
    expect(got).toEqual([["$durable", 1, "x"]]);
  });

  it("keeps what was sent in a session while its server has no delivery", async () => {
    const socket = await meet();
    const answer = socket.durable.emit("order", 1);
    await settled();
    reopen();
    lastTransport().message('0{"sid":"s2"}');
    expect(socket.outbox.length).toBe(1);
    reopen();
    lastTransport().message(agreed({ recovered: true }));
    await settled();
    lastTransport().message('31000000001[0,"done"]');
    expect(await answer).toBe("done");
  });

  it("says that its store cannot be opened, and goes on as a plain client", async () => {
    const store: OutboxStore = { open: () => Promise.reject(new Error("no disk")) };
    const socket = await meet({ storage: store }, '0{"sid":"s1"}');
    expect(take()).toEqual(["40"]);
    expect(socket.connected).toBe(true);
    await expect(socket.durable.emit("x")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});

describe("what goes out", () => {
  it("goes in order, as many at a time as the server allows, and brings the answer", async () => {
    const socket = await meet();
    take();
    const outgoing: unknown[] = [];
    socket.onAnyOutgoing((...args) => outgoing.push(args));
    const answers = [1, 2, 3].map((n) => socket.durable.emit("order", n));
    await settled();
    expect(take()).toEqual([
      '421000000000["$emit",1,0,"order",1]',
      '421000000001["$emit",2,0,"order",2]',
    ]);
    expect(
      socket.outbox.entries.map(({ event, args, state, attempts }) => [
        event,
        args,
        state,
        attempts,
      ]),
    ).toEqual([
      ["order", [1], "sent", 1],
      ["order", [2], "sent", 1],
      ["order", [3], "waiting", 0],
    ]);
    lastTransport().message('31000000000[0,{"ok":1},"more"]');
    expect(await answers[0]).toEqual({ ok: 1 });
    await settled();
    expect(take()).toEqual(['421000000002["$emit",3,0,"order",3]']);
    lastTransport().message(
      '31000000001[1,{"code":"HANDLER_FAILED","message":"sold out","data":7}]',
    );
    await expect(answers[1]).rejects.toMatchObject({
      code: "HANDLER_FAILED",
      message: "sold out",
      data: 7,
      sent: "yes",
    });
    reopen();
    expect(take()[0]).toContain('"next":3');
    lastTransport().message(agreed({ recovered: true, accepted: 2 }));
    await settled();
    expect(take()).toEqual(['421000000003["$emit",3,1,"order",3]']);
    expect(outgoing).toEqual([1, 2, 3].map((n) => ["order", n]));
  });

  it("waits while there is no line, and can be taken back then", async () => {
    const socket = await meet();
    const changes = vi.fn<() => void>();
    socket.outbox.on("change", changes);
    const sentOne = socket.durable.emit("a");
    await settled();
    lastTransport().drop();
    const waiting = socket.durable.emit("b");
    await settled();
    expect(changes).toHaveBeenCalledTimes(2);
    const [first, second] = socket.outbox.entries;
    expect(() => socket.outbox.cancel(first!.id)).toThrow(
      expect.objectContaining({ code: "ALREADY_SENT", sent: "maybe" }),
    );
    expect(socket.outbox.cancel(second!.id)).toBe(true);
    expect(socket.outbox.cancel(second!.id)).toBe(false);
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED", sent: "no" });
    void sentOne.catch(() => {});
  });

  it("refuses what cannot be kept, and reserved names", async () => {
    const socket = await meet();
    await expect(socket.durable.emit("x", () => {})).rejects.toMatchObject({
      code: "NOT_STORABLE",
    });
    await expect(socket.durable.emit("connect")).rejects.toMatchObject({ code: "RESERVED_EVENT" });
    await expect(socket.durable.emit("$emit")).rejects.toMatchObject({ code: "RESERVED_EVENT" });
    expect(socket.outbox.length).toBe(0);
  });

  it("gives up what may have been handled when the session is lost, and sends the rest in the new one", async () => {
    const socket = await meet();
    const answers = ["a", "b", "c"].map((event) => socket.durable.emit(event));
    const given = Promise.allSettled(answers.slice(0, 2));
    await settled();
    reopen();
    take();
    lastTransport().message(agreed({ session: { id: "T", secret: "y" } }));
    await settled();
    expect((await given).map((each) => (each as PromiseRejectedResult).reason)).toMatchObject([
      { code: "SESSION_LOST", sent: "maybe" },
      { code: "SESSION_LOST", sent: "maybe" },
    ]);
    expect(take()).toEqual(['421000000002["$emit",1,0,"c"]']);
  });

  it("closes: the store is let go, and what is left is said", async () => {
    const socket = await meet();
    const waiting = socket.durable.emit("x");
    const closed = socket.outbox.close();
    await expect(waiting).rejects.toMatchObject({ code: "OUTBOX_CLOSED" });
    await closed;
    expect(socket.connected).toBe(false);
    await expect(socket.durable.emit("y")).rejects.toMatchObject({ code: "OUTBOX_CLOSED" });
  });
});

describe("what comes in", () => {
  it("is handed out once and in order, as ordinary events", async () => {
    const socket = await meet();
    const got = heard(socket, "news");
    const any: unknown[] = [];
    socket.onAny((...args) => any.push(args));
    const told = notices(socket);
    for (const offset of [3, 5, 5, 3, 9])
      lastTransport().message(`2["$durable",${offset},"news",${offset}]`);
    expect(got).toEqual([3, 5, 9].map((n) => ["news", n]));
    expect(any).toEqual(got);
    expect(socket.delivery.position).toEqual({ epoch: "e", offset: 9 });
    lastTransport().message('2["$live",12]');
    lastTransport().message('2["$reset",{"reason":"retention","room":"r"}]');
    expect(told).toEqual([
      ["live", { epoch: "e", offset: 12 }],
      ["reset", { reason: "retention", room: "r" }],
    ]);
    expect(socket.delivery.live).toBe(true);
  });

  it("is told to the server after a while, or after many", async () => {
    await meet();
    take();
    lastTransport().message('2["$durable",3,"news"]', '2["$durable",4,"news"]');
    expect(take()).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(take()).toEqual(['42["$position",4]']);
    for (let offset = 5; offset < 261; offset++)
      lastTransport().message(`2["$durable",${offset},"news"]`);
    expect(take()).toEqual(['42["$position",260]']);
    vi.advanceTimersByTime(1000);
    expect(take()).toEqual([]);
  });

  it("moves on past a listener that throws", () => {
    const delivery = new Delivery();
    delivery.position = { epoch: "e", offset: 0 };
    const session = new ClientSession({
      delivery,
      set: () => {},
      isConnected: () => true,
      hand: () => {
        throw new Error("of the application");
      },
      say: () => {},
      moved: () => {},
      leave: () => {},
    });
    expect(() => session.takes(["$durable", 1, "news"])).toThrow("of the application");
    expect(delivery.position.offset).toBe(1);
  });

  it("takes the position of another log", async () => {
    const socket = await meet();
    lastTransport().message('2["$durable",50,"news"]');
    reopen();
    lastTransport().message(agreed({ recovered: true, position: { epoch: "f", offset: 2 } }));
    const got = heard(socket, "news");
    lastTransport().message('2["$durable",3,"news"]');
    expect(got).toEqual([["news"]]);
  });

  it("ends for good when another connection has the session", async () => {
    const socket = await meet();
    const told = notices(socket);
    const reasons = heard(socket, "disconnect");
    lastTransport().message('2["$fenced",{"reason":"taken"}]');
    expect([socket.connected, socket.active]).toEqual([false, false]);
    expect(told).toEqual([["fenced", { reason: "taken" }]]);
    expect(reasons).toEqual([["disconnect", "io server disconnect", undefined]]);
  });
});

describe("options and types", () => {
  it("are checked", () => {
    expect(() => durable({ policy: "maybe" as "reject" })).toThrow(/durable\.policy is "maybe"/);
    expect(() => durable({ storage: "disk" as "memory" })).toThrow(/durable\.storage is "disk"/);
    expect(() => durable({ ttl: -1 })).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID", fault: "developer" }),
    );
  });

  interface ClientToServer {
    order: (item: number, cb: (receipt: string) => void) => void;
    note: (text: string) => void;
  }

  it("know the answers", () => {
    const socket: DurableSocket<{}, ClientToServer> = io("http://types", {
      autoConnect: false,
      durable: durable(),
    });
    const emits = () =>
      [socket.durable.emit("order", 1), socket.durable.emit("note", "x")] as const;
    expectTypeOf<ReturnType<typeof emits>>().toEqualTypeOf<
      readonly [Promise<string>, Promise<undefined>]
    >();
    const wrong = () => [
      // @ts-expect-error an item is a number
      socket.durable.emit("order", "1"),
      // @ts-expect-error the answer comes with the promise
      socket.durable.emit("order", 1, () => {}),
      // @ts-expect-error no such event
      socket.durable.emit("nothing"),
    ];
    expect(wrong).toBeTypeOf("function");
    const plain: Socket<{}, ClientToServer> = socket;
    expect(plain.connected).toBe(false);
  });
});
