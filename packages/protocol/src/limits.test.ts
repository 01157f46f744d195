import { describe, expect, it } from "vitest";
import { thrownBy } from "../testing/expect-error.ts";
import { defaultProtocolLimits, resolveLimits } from "./limits.ts";

describe("resolveLimits", () => {
  it("gives the defaults", () => {
    expect(resolveLimits()).toBe(defaultProtocolLimits);
    expect(resolveLimits({})).toEqual(defaultProtocolLimits);
    expect(defaultProtocolLimits).toEqual({
      packetBytesMax: 10_000_000,
      attachmentsMax: 1_000,
      jsonDepthMax: 1_000,
      payloadPacketsMax: 65_536,
    });
  });

  it("fills in what is missing", () => {
    expect(resolveLimits({ attachmentsMax: 3 })).toEqual({
      ...defaultProtocolLimits,
      attachmentsMax: 3,
    });
  });

  it("returns what it has resolved before, so that decoders share it", () => {
    const limits = resolveLimits({ attachmentsMax: 3 });
    expect(resolveLimits(limits)).toBe(limits);
    expect(Object.isFrozen(limits)).toBe(true);
  });

  it.each([0, 1, Infinity])("takes %d", (jsonDepthMax) => {
    expect(resolveLimits({ jsonDepthMax }).jsonDepthMax).toBe(jsonDepthMax);
  });

  it.each([-1, 1.5, NaN, "7", 2 ** 53, -Infinity])("refuses %o and names the option", (value) => {
    const error = thrownBy(() => resolveLimits({ packetBytesMax: value as number }));
    expect(error).toMatchObject({ code: "LIMIT_INVALID", fault: "developer" });
    expect((error as Error).message).toContain(`packetBytesMax is ${String(value)}`);
  });
});
