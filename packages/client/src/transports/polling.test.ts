import { beforeEach, describe, expect, it } from "vitest";
import type { RequestDone } from "./polling.ts";
import { Polling } from "./polling.ts";
import type { TransportError } from "../errors.ts";
import type { Packet, TransportOptions } from "./transport.ts";

/** One request that the test answers. */
interface Exchange {
  method: string;
  url: string;
  body: string | undefined;
  answer: (body: string) => void;
  fail: (status: number) => void;
  aborted: boolean;
}

class TestPolling extends Polling {
  readonly exchanges: Exchange[] = [];
  refusal: Error | undefined;

  protected request(url: string, body: string | undefined, done: RequestDone): () => void {
    if (this.refusal) throw this.refusal;
    const exchange: Exchange = {
      method: body === undefined ? "GET" : "POST",
      url,
      body,
      aborted: false,
      answer: (text) => exchange.aborted || done(200, text, undefined),
      fail: (status) => exchange.aborted || done(status, "", { status }),
    };
    this.exchanges.push(exchange);
    return () => {
      exchange.aborted = true;
    };
  }
}

const handshake = '0{"sid":"abc"}';

describe("Polling", () => {
  let transport: TestPolling;
  let told: unknown[][];

  function make(options: Partial<TransportOptions> = {}): TestPolling {
    const made = new TestPolling({
      query: { EIO: "4", transport: "polling" },
      hostname: "h",
      port: 81,
      secure: false,
      path: "/engine.io/",
      binaryType: "nodebuffer",
      ...options,
    });
    made.handler = {
      onOpen: () => told.push(["open"]),
      onPacket: (packet) => told.push(["packet", packet.type, packet.data]),
      onDrain: () => told.push(["drain"]),
      onError: (error) =>
        told.push(["error", error.message, (error as TransportError).description]),
      onClose: (details) => told.push(["close", details]),
    };
    return made;
  }

  const requests = () => transport.exchanges.map(({ method, body }) => [method, body]);
  const last = () => transport.exchanges.at(-1)!;
  const messages = (...texts: string[]): Packet[] =>
    texts.map((data) => ({ type: "message", data }));

  beforeEach(() => {
    told = [];
    transport = make({ timestampRequests: false });
    transport.open();
  });

  it("opens with the answer to its first GET and asks again", () => {
    expect(last()).toMatchObject({
      method: "GET",
      url: "http://h:81/engine.io/?EIO=4&transport=polling",
    });
    last().answer(handshake);
    expect(told).toEqual([["open"], ["packet", "open", '{"sid":"abc"}']]);
    expect(requests()).toEqual([
      ["GET", undefined],
      ["GET", undefined],
    ]);
  });

  it("marks requests against caches unless told not to", () => {
    transport = make({ timestampParam: "ts", forceBase64: true });
    transport.open();
    const first = new URL(last().url).searchParams;
    expect(first.get("ts")).toMatch(/^[0-9.e-]{8,}$/);
    expect(first.get("b64")).toBe("1");
    last().answer(handshake);
    expect(new URL(last().url).searchParams.get("ts")).not.toBe(first.get("ts"));
  });

  it("hands over the packets of a body in order", () => {
    last().answer(handshake);
    last().answer("4a\x1e2\x1ebAQID\x1e4b");
    expect(told.slice(2)).toEqual([
      ["packet", "message", "a"],
      ["packet", "ping", undefined],
      ["packet", "message", Buffer.from([1, 2, 3])],
      ["packet", "message", "b"],
    ]);
  });

  it("sends packets in one POST and drains when it is answered", () => {
    last().answer(handshake);
    expect(transport.writable).toBe(true);
    transport.send([...messages("a", "€"), { type: "message", data: new Uint8Array([1, 2, 3]) }]);
    expect(transport.writable).toBe(false);
    expect(last()).toMatchObject({ method: "POST", body: "4a\x1e4€\x1ebAQID" });
    last().answer("ok");
    expect(transport.writable).toBe(true);
    expect(told.at(-1)).toEqual(["drain"]);
  });

  it("reads a Blob before it sends it, and what follows after it", async () => {
    last().answer(handshake);
    transport.send([{ type: "message", data: new Blob(["abc"]) }, ...messages("next")]);
    expect(transport.writable).toBe(false);
    await expect.poll(() => last().body).toBe("bYWJj\x1e4next");
  });

  it.each([0, 400, 502])("fails with a GET that brings %i, and aborts the POST", (status) => {
    last().answer(handshake);
    const get = last();
    transport.send(messages("a"));
    const post = last();
    get.fail(status);
    expect(told.at(-1)).toEqual(["error", "xhr poll error", status]);
    expect(post.aborted).toBe(true);
    // So that the server does not wait for more until its heartbeat tells it.
    expect(requests().slice(3)).toEqual([["POST", "1"]]);
  });

  it("fails with a POST that is refused, and aborts the GET", () => {
    last().answer(handshake);
    const get = last();
    transport.send(messages("a"));
    last().fail(413);
    expect(told.at(-1)).toEqual(["error", "xhr post error", 413]);
    expect(get.aborted).toBe(true);
  });

  it("fails, later, with a request that cannot even be made", async () => {
    last().answer(handshake);
    transport.refusal = new TypeError("bad header");
    transport.send(messages("a"));
    expect(told.at(-1)).toEqual(["packet", "open", '{"sid":"abc"}']);
    await Promise.resolve();
    expect(told.at(-1)).toEqual(["error", "xhr post error", 0]);
  });

  it.each(["", "x", "4a\x1e", "b!"])("fails with a body that is none: %j", (body) => {
    last().answer(handshake);
    last().answer(body);
    expect(told.at(-1)).toEqual(["error", "server error", "parser error"]);
    expect(requests().slice(2)).toEqual([["POST", "1"]]);
  });

  it("ends when the server says so, without a further word", () => {
    last().answer(handshake);
    last().answer("6\x1e1\x1e4late");
    expect(told.at(-1)).toEqual(["close", { description: "transport closed by the server" }]);
    transport.close();
    expect(requests()).toHaveLength(2);
  });

  describe("close", () => {
    it("says goodbye, then ends the waiting GET", () => {
      last().answer(handshake);
      const get = last();
      transport.close();
      expect(last()).toMatchObject({ method: "POST", body: "1" });
      expect(get.aborted).toBe(false);
      last().answer("ok");
      expect(get.aborted).toBe(true);
      get.answer("4late");
      expect(told).toHaveLength(2);
    });

    it("waits for the handshake, so that no session stays behind", () => {
      transport.close();
      expect(requests()).toHaveLength(1);
      last().answer('0{"sid":"xyz"}');
      expect(last()).toMatchObject({ method: "POST", body: "1" });
      expect(new URL(last().url).searchParams.get("sid")).toBe("xyz");
      last().answer("ok");
      expect(requests()).toHaveLength(2);
      expect(told).toEqual([]);
    });

    it("leaves it at that when there was no handshake", () => {
      for (const answer of ["nonsense", "0null", "4a"]) {
        transport = make();
        transport.open();
        transport.close();
        last().answer(answer);
        expect(requests()).toHaveLength(1);
      }
      expect(told).toEqual([]);
    });

    it("does not send what was waiting for a Blob", async () => {
      last().answer(handshake);
      const blob = new Blob(["abc"]);
      transport.send([{ type: "message", data: blob }]);
      transport.close();
      await blob.arrayBuffer();
      await Promise.resolve();
      expect(requests().filter(([method]) => method === "POST")).toEqual([["POST", "1"]]);
    });
  });

  describe("pause", () => {
    let rested: number;
    const pause = () => {
      rested = 0;
      transport.pause(() => rested++);
    };

    it("waits for the GET and for the POST, and hands over what they bring", () => {
      last().answer(handshake);
      const get = last();
      transport.send(messages("a"));
      pause();
      last().answer("ok");
      expect(rested).toBe(0);
      get.answer("4b\x1e6");
      expect(rested).toBe(1);
      expect(told.slice(-3)).toEqual([
        ["drain"],
        ["packet", "message", "b"],
        ["packet", "noop", undefined],
      ]);
      expect(requests()).toHaveLength(3);
    });

    it("does not rest when something fails", () => {
      last().answer(handshake);
      pause();
      last().fail(0);
      expect(rested).toBe(0);
      expect(told.at(-1)).toEqual(["error", "xhr poll error", 0]);
    });

    it("is undone by resume, whether it had come to rest or not", () => {
      last().answer(handshake);
      pause();
      transport.resume();
      last().answer("6");
      expect(rested).toBe(0);
      expect(requests()).toHaveLength(3);
      pause();
      last().answer("6");
      expect(rested).toBe(1);
      transport.resume();
      expect(requests()).toHaveLength(4);
    });
  });
});
