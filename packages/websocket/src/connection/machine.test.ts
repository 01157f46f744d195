import { describe, expect, it } from "vitest";
import type { MessageDecoder, Work } from "./extension.ts";
import { buildFrame, closeBytes, cutAt, masked } from "../testing/frames.ts";
import { Recorder } from "../testing/recorder.ts";

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

function server(...frames: Buffer[]): string[] {
  return new Recorder("server").feed(Buffer.concat(frames)).events;
}

function failed(code: string, closeCode: number): string[] {
  return [`reply 8 ${closeBytes(closeCode).toString("hex")}`, `failed ${code} ${closeCode}`];
}

describe("5.2 base framing", () => {
  it.each([1, 2, 4, 3, 5, 6, 7])(
    "reserved bits %d without an extension fail the connection",
    (rsv) => {
      expect(server(masked({ opcode: TEXT, rsv, payload: "x" }))).toEqual(
        failed("WS_RESERVED_BITS", 1002),
      );
      expect(server(masked({ opcode: PING, rsv }))).toEqual(failed("WS_RESERVED_BITS", 1002));
    },
  );

  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])(
    "reserved opcode %d fails the connection",
    (opcode) => {
      expect(server(masked({ opcode, payload: "x" }))).toEqual(failed("WS_RESERVED_OPCODE", 1002));
    },
  );

  it("messages of every length form come through", () => {
    for (const length of [0, 1, 125, 126, 65_535, 65_536]) {
      const payload = "a".repeat(length);
      const [event, ...others] = server(masked({ opcode: TEXT, payload }));
      expect(event).toMatch(
        length > 40 ? new RegExp(`^text ${length} `) : `text ${JSON.stringify(payload)}`,
      );
      expect(others).toEqual([]);
    }
  });

  it("a length that is not in its shortest form, or negative, fails the connection", () => {
    expect(server(masked({ opcode: TEXT, payload: "x", lengthBits: 16 }))).toEqual(
      failed("WS_LENGTH_NOT_MINIMAL", 1002),
    );
    expect(server(masked({ opcode: TEXT, payload: "x", lengthBits: 64 }))).toEqual(
      failed("WS_LENGTH_NOT_MINIMAL", 1002),
    );
    expect(server(masked({ opcode: BINARY, length: 1n << 63n }))).toEqual(
      failed("WS_LENGTH_NEGATIVE", 1002),
    );
  });
});

describe("5.1 masking", () => {
  it("a server fails a frame that is not masked", () => {
    expect(server(buildFrame({ opcode: TEXT, payload: "x" }))).toEqual(
      failed("WS_MASK_MISSING", 1002),
    );
  });

  it("a client fails a frame that is masked", () => {
    const { events } = new Recorder("client").feed(masked({ opcode: TEXT, payload: "x" }));
    expect(events).toEqual(failed("WS_MASK_FORBIDDEN", 1002));
  });
});

describe("5.4 fragmentation", () => {
  it("fragments join, with control frames in between", () => {
    expect(
      server(
        masked({ opcode: TEXT, fin: false, payload: "fr" }),
        masked({ opcode: PING, payload: "p" }),
        masked({ opcode: 0, fin: false }),
        masked({ opcode: PONG, payload: "q" }),
        masked({ opcode: 0, payload: "ag" }),
        masked({ opcode: BINARY, payload: "b" }),
      ),
    ).toEqual(["reply 10 70", "ping 70", "pong 71", 'text "frag"', "binary 62"]);
  });

  it("a continuation without a message fails the connection", () => {
    expect(server(masked({ opcode: 0, payload: "x" }))).toEqual(
      failed("WS_UNEXPECTED_CONTINUATION", 1002),
    );
    expect(
      server(masked({ opcode: TEXT, payload: "x" }), masked({ opcode: 0, fin: false })).slice(1),
    ).toEqual(failed("WS_UNEXPECTED_CONTINUATION", 1002));
  });

  it("a new message inside a fragmented one fails the connection", () => {
    for (const opcode of [TEXT, BINARY]) {
      expect(
        server(
          masked({ opcode: TEXT, fin: false, payload: "x" }),
          masked({ opcode, payload: "y" }),
        ),
      ).toEqual(failed("WS_EXPECTED_CONTINUATION", 1002));
    }
  });

  it("an empty fragmented message is a message", () => {
    expect(server(masked({ opcode: TEXT, fin: false }), masked({ opcode: 0 }))).toEqual([
      'text ""',
    ]);
    expect(server(masked({ opcode: BINARY, fin: false }), masked({ opcode: 0 }))).toEqual([
      "binary ",
    ]);
  });

  it("4 MiB in tiny fragments or tiny chunks come through, as a whole and in time", () => {
    const payload = Buffer.alloc(4_194_304, "x");
    for (const size of [64, 1_024]) {
      const frames: Buffer[] = [];
      for (let at = 0; at < payload.length; at += size) {
        frames.push(
          masked({
            opcode: at === 0 ? BINARY : 0,
            fin: at + size === payload.length,
            payload: payload.subarray(at, at + size),
          }),
        );
      }
      const recorder = new Recorder("server", { payloadBytesMax: payload.length });
      expect(recorder.feed(...frames).events).toEqual([expect.stringMatching(/^binary 4194304 /)]);
    }
  });
});

describe("5.5 control frames", () => {
  it("may not be fragmented", () => {
    for (const opcode of [CLOSE, PING, PONG]) {
      expect(server(masked({ opcode, fin: false }))).toEqual(failed("WS_CONTROL_FRAGMENTED", 1002));
    }
  });

  it("may not be longer than 125 bytes", () => {
    const payload = Buffer.alloc(126);
    for (const opcode of [CLOSE, PING, PONG]) {
      expect(server(masked({ opcode, payload }))).toEqual(failed("WS_CONTROL_TOO_LONG", 1002));
    }
    expect(server(masked({ opcode: PING, payload: Buffer.alloc(125) })).length).toBe(2);
  });

  it("a ping is answered with its payload, whether it comes whole or in pieces", () => {
    const bytes = masked({ opcode: PING, payload: "hello" });
    const events = ["reply 10 68656c6c6f", "ping 68656c6c6f"];
    expect(server(bytes)).toEqual(events);
    expect(new Recorder("server").feed(...cutAt(bytes, [...bytes.keys()])).events).toEqual(events);
  });

  it("a ping is not answered after a close frame went out, or where pongs are sent by hand", () => {
    const closing = new Recorder("server");
    closing.machine.close(1000);
    expect(closing.feed(masked({ opcode: PING })).events).toEqual(["reply 8 03e8", "ping "]);
    const manual = new Recorder("server", { manualPong: true });
    expect(manual.feed(masked({ opcode: PING })).events).toEqual(["ping "]);
  });
});

describe("5.5.1 and 7 closing", () => {
  it("a close frame is answered with what it says, and nothing after it is read", () => {
    expect(
      server(
        masked({ opcode: CLOSE, payload: closeBytes(4000, "bye") }),
        masked({ opcode: TEXT, payload: "late" }),
      ),
    ).toEqual([`reply 8 ${closeBytes(4000, "bye").toString("hex")}`, 'close 4000 "bye"']);
  });

  it("a close frame without a code is answered in kind and reported as 1005", () => {
    expect(server(masked({ opcode: CLOSE }))).toEqual(["reply 8 ", 'close 1005 ""']);
  });

  it("the answer to our own close frame is not answered again", () => {
    const recorder = new Recorder("server");
    recorder.machine.close(1001, "going");
    recorder.machine.close(1000);
    recorder.feed(
      masked({ opcode: TEXT, payload: "on the way" }),
      masked({ opcode: CLOSE, payload: closeBytes(1001, "going") }),
    );
    expect(recorder.events).toEqual([
      `reply 8 ${closeBytes(1001, "going").toString("hex")}`,
      'text "on the way"',
      'close 1001 "going"',
    ]);
  });

  it("closes inside a fragmented message", () => {
    expect(
      server(
        masked({ opcode: TEXT, fin: false, payload: "x" }),
        masked({ opcode: CLOSE, payload: closeBytes(1000) }),
      ),
    ).toEqual(["reply 8 03e8", 'close 1000 ""']);
  });

  it("a wrong close frame fails the connection", () => {
    expect(server(masked({ opcode: CLOSE, payload: "x" }))).toEqual(
      failed("WS_CLOSE_PAYLOAD", 1002),
    );
    expect(server(masked({ opcode: CLOSE, payload: closeBytes(1005) }))).toEqual(
      failed("WS_CLOSE_CODE", 1002),
    );
    expect(server(masked({ opcode: CLOSE, payload: closeBytes(1000, Buffer.of(0xff)) }))).toEqual(
      failed("WS_INVALID_UTF8", 1007),
    );
  });

  it("a failure while closing sends no second close frame", () => {
    const recorder = new Recorder("server");
    recorder.machine.close();
    expect(recorder.feed(masked({ opcode: 3 })).events).toEqual([
      "reply 8 ",
      "failed WS_RESERVED_OPCODE 1002",
    ]);
  });

  it("nothing is read after a failure, not even of the same chunk", () => {
    expect(server(masked({ opcode: 3 }), masked({ opcode: TEXT, payload: "x" })).length).toBe(2);
    const recorder = new Recorder("server").feed(masked({ opcode: 3 }));
    expect(recorder.machine.receive(masked({ opcode: TEXT, payload: "x" }))).toBe(0);
    expect(recorder.events.length).toBe(2);
  });

  it("nothing is told after halt, not even of the same chunk", () => {
    const recorder = new Recorder("server");
    recorder.onEvent = () => recorder.machine.halt();
    recorder.feed(
      Buffer.concat([
        masked({ opcode: TEXT, payload: "1" }),
        masked({ opcode: TEXT, payload: "2" }),
      ]),
    );
    expect(recorder.events).toEqual(['text "1"']);
  });
});

describe("8.1 UTF-8", () => {
  it("invalid text fails the connection", () => {
    expect(server(masked({ opcode: TEXT, payload: Buffer.of(0xce, 0xba, 0xe1) }))).toEqual(
      failed("WS_INVALID_UTF8", 1007),
    );
  });

  it("an invalid byte fails at once, inside an unfinished fragment of an unfinished message", () => {
    const whole = masked({
      opcode: TEXT,
      fin: false,
      payload: Buffer.concat([Buffer.from("κόσμε"), Buffer.of(0xf4, 0x90), Buffer.alloc(50)]),
    });
    // Up to and with the byte 0x90; the rest of the frame never comes.
    const start = whole.subarray(0, 6 + Buffer.byteLength("κόσμε") + 2);
    const recorder = new Recorder("server").feed(start.subarray(0, -1));
    expect(recorder.events).toEqual([]);
    expect(recorder.feed(start.subarray(-1)).events).toEqual(failed("WS_INVALID_UTF8", 1007));
  });

  it("a character may be cut by fragments, but not by the end of the message", () => {
    const euro = Buffer.from("€");
    const first = masked({ opcode: TEXT, fin: false, payload: euro.subarray(0, 1) });
    expect(server(first, masked({ opcode: 0, payload: euro.subarray(1) }))).toEqual(['text "€"']);
    expect(server(first, masked({ opcode: 0, payload: euro.subarray(1, 2) }))).toEqual(
      failed("WS_INVALID_UTF8", 1007),
    );
    expect(server(first, masked({ opcode: 0 }))).toEqual(failed("WS_INVALID_UTF8", 1007));
  });

  it("binary messages and the texts of a trusted peer are not checked", () => {
    expect(server(masked({ opcode: BINARY, payload: Buffer.of(0xff) }))).toEqual(["binary ff"]);
    const trusting = new Recorder("server", { skipUtf8Check: true });
    expect(trusting.feed(masked({ opcode: TEXT, payload: Buffer.of(0x61, 0xff) })).events).toEqual([
      'text "a\ufffd"',
    ]);
  });
});

describe("limits", () => {
  it("a message that is too long fails with its header, before its payload", () => {
    const recorder = new Recorder("server", { payloadBytesMax: 1_000 });
    recorder.feed(masked({ opcode: BINARY, length: 1_001n }));
    expect(recorder.events).toEqual(failed("WS_PAYLOAD_TOO_BIG", 1009));
    expect(
      new Recorder("server", { payloadBytesMax: 1_000 }).feed(
        masked({ opcode: BINARY, payload: Buffer.alloc(1_000) }),
      ).events.length,
    ).toBe(1);
    expect(server(masked({ opcode: BINARY, length: (1n << 63n) - 1n }))).toEqual(
      failed("WS_PAYLOAD_TOO_BIG", 1009),
    );
  });

  it("fragments add up", () => {
    const recorder = new Recorder("server", { payloadBytesMax: 10 });
    recorder.feed(
      masked({ opcode: BINARY, fin: false, payload: "12345" }),
      masked({ opcode: 0, fin: false, payload: "67890" }),
      masked({ opcode: PING, payload: "not part of it" }),
    );
    expect(recorder.events.length).toBe(2);
    recorder.feed(masked({ opcode: 0, length: 1n }).subarray(0, 6));
    expect(recorder.events.slice(2)).toEqual(failed("WS_PAYLOAD_TOO_BIG", 1009));
  });
});

describe("extensions (section 9)", () => {
  class Reverse implements MessageDecoder {
    readonly reservedBits = 0x40;
    readonly waiting: (() => void)[] = [];
    late = false;

    cancelled = 0;

    decode(
      payload: Buffer,
      bytesMax: number,
      done: Parameters<MessageDecoder["decode"]>[2],
    ): Work | undefined {
      const finish = (): void => {
        if (payload.length > bytesMax) done("WS_PAYLOAD_TOO_BIG");
        else done(payload[0] === 0 ? "WS_EXTENSION_DATA" : Buffer.from(payload.toReversed()));
      };
      if (!this.late) {
        finish();
        return undefined;
      }
      this.waiting.push(finish);
      return { cancel: () => this.cancelled++ };
    }
  }

  const coded = (payload: string | Buffer, opcode = TEXT): Buffer =>
    masked({ opcode, rsv: 4, payload });

  it("decodes messages that carry its bit, and leaves others alone", () => {
    const recorder = new Recorder("server", {}, new Reverse());
    recorder.feed(coded("cba"), masked({ opcode: TEXT, payload: "plain" }), coded("21", BINARY));
    expect(recorder.events).toEqual(['text "abc"', 'text "plain"', "binary 3132"]);
  });

  it("decodes a fragmented message as a whole", () => {
    const recorder = new Recorder("server", {}, new Reverse());
    recorder.feed(
      masked({ opcode: TEXT, rsv: 4, fin: false, payload: "cb" }),
      masked({ opcode: 0, payload: "a" }),
    );
    expect(recorder.events).toEqual(['text "abc"']);
  });

  it("refuses its bit on continuations and control frames, and bits that it does not claim", () => {
    const fresh = (...frames: Buffer[]): string[] =>
      new Recorder("server", {}, new Reverse()).feed(...frames).events;
    expect(fresh(coded(""), masked({ opcode: PING, rsv: 4 })).slice(1)).toEqual(
      failed("WS_RESERVED_BITS", 1002),
    );
    expect(
      fresh(masked({ opcode: TEXT, rsv: 4, fin: false }), masked({ opcode: 0, rsv: 4 })),
    ).toEqual(failed("WS_RESERVED_BITS", 1002));
    expect(fresh(masked({ opcode: TEXT, rsv: 6 }))).toEqual(failed("WS_RESERVED_BITS", 1002));
  });

  it("holds everything behind a message that is still being decoded", () => {
    const decoder = new Reverse();
    decoder.late = true;
    const recorder = new Recorder("server", {}, decoder);
    const [first, second] = [coded("cba"), masked({ opcode: TEXT, payload: "next" })];
    const chunk = Buffer.concat([first, second]);
    expect(recorder.machine.receive(Buffer.from(chunk))).toBe(first.length);
    expect(recorder.machine.held).toBe(true);
    expect(recorder.machine.receive(Buffer.from(second))).toBe(0);
    decoder.waiting.shift()?.();
    expect(recorder.events).toEqual(['text "abc"', "resume"]);
    expect(recorder.machine.receive(Buffer.from(second))).toBe(second.length);
    expect(recorder.events.at(-1)).toBe('text "next"');
  });

  it("goes on behind a message at which a listener throws", () => {
    const decoder = new Reverse();
    decoder.late = true;
    const recorder = new Recorder("server", {}, decoder).feed(coded("cba"));
    recorder.onEvent = (event) => {
      if (event.startsWith("text")) throw new Error("from the application");
    };
    expect(() => decoder.waiting.shift()?.()).toThrow("from the application");
    expect(recorder.events.at(-1)).toBe("resume");
  });

  it("fails with what the decoder finds", () => {
    const fresh = (frame: Buffer, limit = 100): string[] =>
      new Recorder("server", { payloadBytesMax: limit }, new Reverse()).feed(frame).events;
    expect(fresh(coded("\0"))).toEqual(failed("WS_EXTENSION_DATA", 1007));
    expect(fresh(coded(Buffer.of(0xff)))).toEqual(failed("WS_INVALID_UTF8", 1007));
  });

  it("cancels what a decoder does when it ends, and drops what it brings all the same", () => {
    const decoder = new Reverse();
    decoder.late = true;
    const recorder = new Recorder("server", {}, decoder).feed(coded("cba"));
    recorder.machine.halt();
    expect(decoder.cancelled).toBe(1);
    decoder.waiting.shift()?.();
    expect(recorder.events).toEqual([]);
  });
});
