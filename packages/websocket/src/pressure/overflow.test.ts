import { describe, expect, it } from "vitest";
import { sendBound } from "./options.ts";
import type { SendBound } from "./options.ts";
import { Overflow } from "./overflow.ts";

describe("Overflow", () => {
  const strict: SendBound = { bytesMax: 100, policy: "close", patienceMs: 0 };

  it("acts at once on a bound of the application", () => {
    expect(new Overflow().judge(0, strict, false, 0)).toBe("close");
    expect(new Overflow().judge(0, { ...strict, policy: "drop" }, false, 0)).toBe("drop");
  });

  it("closes where a message is half sent, since it cannot be dropped any more", () => {
    expect(new Overflow().judge(0, { ...strict, policy: "drop" }, true, 0)).toBe("close");
  });

  it("drops all of a message whose beginning it dropped, and counts it once", () => {
    const overflow = new Overflow();
    expect(overflow.dropsRest(true)).toBe(false);
    overflow.drop(false);
    expect([overflow.dropsRest(false), overflow.dropsRest(true)]).toEqual([true, true]);
    expect(overflow.dropsRest(true)).toBe(false);
    expect(overflow.dropped).toBe(1);
  });

  it("is patient by default with a peer that takes something", () => {
    const lenient = sendBound({}, "server") as SendBound;
    const overflow = new Overflow();
    let now = 0;
    for (; now < 300_000; now += 20_000)
      expect(overflow.judge(now, lenient, false, now)).toBe("send");
    const taken = now;
    expect(overflow.judge(taken, lenient, false, now)).toBe("send");
    expect(overflow.judge(taken, lenient, false, now + 29_999)).toBe("send");
    expect(overflow.judge(taken, lenient, false, now + 30_000)).toBe("close");
  });
});

describe("sendBound", () => {
  it("has a lenient default on a server, and none on a client", () => {
    expect(sendBound({}, "server")).toEqual({
      bytesMax: 67_108_864,
      policy: "close",
      patienceMs: 30_000,
    });
    expect(sendBound({}, "client")).toBeUndefined();
  });

  it("is strict about what the application says", () => {
    expect(sendBound({ maxBuffered: 1_000 }, "client")).toEqual({
      bytesMax: 1_000,
      policy: "close",
      patienceMs: 0,
    });
    expect(sendBound({ overflow: "drop" }, "server")).toMatchObject({
      policy: "drop",
      patienceMs: 0,
    });
    expect(sendBound({ maxBuffered: 0 }, "server")).toBeUndefined();
    expect(sendBound({ maxBuffered: Infinity }, "server")).toMatchObject({ bytesMax: Infinity });
  });

  it.each([{ maxBuffered: -1 }, { maxBuffered: "1mb" }, { overflow: "ignore" }])(
    "refuses %j",
    (options) => {
      expect(() => sendBound(options as never, "server")).toThrow(
        expect.objectContaining({ code: "WS_ARGUMENT" }) as Error,
      );
    },
  );
});
