import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { HandshakeError } from "../handshake/refuse.ts";
import { Door } from "./door.ts";
import type { AdmissionLimits } from "./options.ts";

function from(remoteAddress: string | undefined): IncomingMessage {
  return { socket: { remoteAddress }, headers: {} } as unknown as IncomingMessage;
}

/** What a door answers: the code of the refusal and when to come again, or "in". */
function answer(door: Door, address: string | undefined = "192.0.2.1"): string {
  const result = door.enter(from(address));
  return result instanceof HandshakeError
    ? `${result.code} ${result.status} ${result.headers.join()}`
    : "in";
}

describe("Door", () => {
  it("counts all who are inside", () => {
    const door = new Door({ limits: { connections: 2 } });
    expect([answer(door), answer(door), answer(door)]).toEqual([
      "in",
      "in",
      "WS_TOO_MANY_CONNECTIONS 503 Retry-After: 5",
    ]);
    door.leave(undefined);
    expect(answer(door)).toBe("in");
    expect(door.guests).toBe(2);
  });

  it("counts by address, IPv6 by its first 64 bits", () => {
    const door = new Door({ limits: { connectionsPerAddress: 2 } });
    const first = door.enter(from("2001:db8::1")) as string;
    expect(answer(door, "2001:db8::2")).toBe("in");
    expect(answer(door, "2001:db8::3")).toBe("WS_TOO_MANY_FROM_ADDRESS 429 Retry-After: 5");
    expect(answer(door, "2001:db8:0:1::1")).toBe("in");
    door.leave(first);
    expect(answer(door, "2001:db8::3")).toBe("in");
  });

  it("counts no address where there is none, as on a unix socket", () => {
    const door = new Door({
      limits: { connectionsPerAddress: 1, handshakesPerAddress: { perSecond: 1 } },
    });
    for (let count = 0; count < 5; count++) expect(door.enter(from(undefined))).toBeUndefined();
    expect(door.guests).toBe(5);
  });

  it("asks the application for the address, and believes no header by itself", () => {
    const limits: AdmissionLimits = { connectionsPerAddress: 1 };
    const forged = from("10.0.0.1");
    forged.headers["x-forwarded-for"] = "192.0.2.9";
    const door = new Door({ limits });
    expect(door.enter(forged)).toBe("10.0.0.1");
    const behindProxy = new Door({
      limits,
      addressOf: (request) => request.headers["x-forwarded-for"] as string,
    });
    expect(behindProxy.enter(forged)).toBe("192.0.2.9");
  });

  it("limits the rate of all, and says when to come again", () => {
    let now = 0;
    const door = new Door({ limits: { handshakes: { perSecond: 0.5, burst: 2 } } }, () => now);
    expect([answer(door), answer(door, "192.0.2.2"), answer(door, "192.0.2.3")]).toEqual([
      "in",
      "in",
      "WS_TOO_MANY_HANDSHAKES 429 Retry-After: 2",
    ]);
    now = 2_000;
    expect(answer(door)).toBe("in");
  });

  it("limits the rate by address, and takes nothing from the others for it", () => {
    let now = 0;
    const limits = {
      handshakes: { perSecond: 3 },
      handshakesPerAddress: { perSecond: 1, burst: 1 },
    };
    const door = new Door({ limits }, () => now);
    expect(answer(door, "192.0.2.1")).toBe("in");
    for (let count = 0; count < 10; count++) expect(answer(door, "192.0.2.1")).not.toBe("in");
    expect(answer(door, "192.0.2.2")).toBe("in");
    expect(answer(door, "192.0.2.3")).toBe("in");
    expect(answer(door, "192.0.2.4")).not.toBe("in");
    now = 1_000;
    expect(answer(door, "192.0.2.1")).toBe("in");
  });

  it.each([
    { connections: 0 },
    { connectionsPerAddress: -1 },
    { handshakes: {} },
    { handshakes: { perSecond: Number.NaN } },
    { handshakesPerAddress: { perSecond: 1, burst: 0 } },
    { handshakeTimeout: "1s" },
  ])("refuses the limits %j", (limits) => {
    expect(() => new Door({ limits: limits as never })).toThrow(
      expect.objectContaining({ code: "WS_ARGUMENT" }) as Error,
    );
  });
});
