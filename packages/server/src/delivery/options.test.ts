import { describe, expect, it } from "vitest";
import { Server } from "../server.ts";
import { resolveDelivery } from "./options.ts";

describe("the option delivery", () => {
  it("reads times and sizes with their units, and fills in the rest", () => {
    const { retention, sessions, handlerTimeoutMs } = resolveDelivery({
      retention: { age: "1.5h", bytes: "2 MB", count: 5 },
      handlerTimeout: 250,
    });
    expect(retention).toEqual({ ageMs: 5_400_000, bytes: 2 * 1024 ** 2, count: 5 });
    expect(handlerTimeoutMs).toBe(250);
    expect(sessions).toMatchObject({ ageMs: 5_400_000, inFlightMax: 64, resultsMax: 256 });
    expect(resolveDelivery({}).retention.ageMs).toBe(86_400_000);
    expect(resolveDelivery({ inFlight: 500 }).sessions.resultsMax).toBe(500);
  });

  it("is checked at once, with its name and what was expected", () => {
    const wrong: [object, string][] = [
      [{ retention: { age: "yesterday" } }, 'option delivery.retention.age is "yesterday"'],
      [{ retention: { bytes: "5 tb" } }, "delivery.retention.bytes"],
      [{ retention: { count: 1.5 } }, "delivery.retention.count"],
      [{ session: { age: -1 } }, "delivery.session.age"],
      [{ inFlight: 0 }, "delivery.inFlight"],
      [{ handlerTimeout: "soon" }, "delivery.handlerTimeout"],
      [{ log: {} }, "delivery.log"],
    ];
    for (const [delivery, name] of wrong) {
      expect(() => new Server({ delivery })).toThrow(name);
    }
    expect(() => new Server({ delivery: true as never })).toThrow("option delivery is true");
  });
});
