import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { EngineError } from "./errors.ts";
import type { EngineOptions } from "./options.ts";
import { engineOptionNames, resolveOptions } from "./resolve-options.ts";

describe("resolveOptions", () => {
  it("fills in the documented defaults", () => {
    expect(resolveOptions({})).toEqual({
      path: "/engine.io",
      destroyUpgrade: true,
      destroyUpgradeTimeout: 1_000,
      addTrailingSlash: true,
      pingTimeout: 20_000,
      pingInterval: 25_000,
      upgradeTimeout: 10_000,
      maxHttpBufferSize: 1_000_000,
      maxBufferedBytes: 16_777_216,
      allowRequest: undefined,
      transports: ["polling", "websocket"],
      allowUpgrades: true,
      httpCompression: {},
      initialPacket: undefined,
      cookie: undefined,
      cors: undefined,
      allowEIO3: false,
      wsEngine: undefined,
      perMessageDeflate: undefined,
    });
  });

  it("takes undefined and null as left out", () => {
    const nothing = Object.fromEntries(engineOptionNames.map((name) => [name, undefined]));
    expect(resolveOptions(nothing)).toEqual(resolveOptions({}));
    const nulls = Object.fromEntries(engineOptionNames.map((name) => [name, null]));
    expect(resolveOptions(nulls as unknown as EngineOptions)).toEqual(resolveOptions({}));
  });

  it("takes the short forms", () => {
    expect(resolveOptions({ httpCompression: false }).httpCompression).toBeUndefined();
    expect(resolveOptions({ httpCompression: { threshold: 5 } }).httpCompression).toEqual({
      threshold: 5,
    });
    const deflate = { threshold: 1_024 };
    expect(resolveOptions({ perMessageDeflate: true }).perMessageDeflate).toEqual(deflate);
    expect(resolveOptions({ perMessageDeflate: {} }).perMessageDeflate).toEqual(deflate);
    expect(resolveOptions({ perMessageDeflate: false }).perMessageDeflate).toBeUndefined();
    expect(resolveOptions({ cookie: false }).cookie).toBeUndefined();
    expect(resolveOptions({ cookie: true }).cookie).toBe(true);
    expect(resolveOptions({ cors: true }).cors).toEqual({});
    expect(resolveOptions({ cors: false }).cors).toBeUndefined();
    expect(resolveOptions({ transports: ["websocket"] }).transports).toEqual(["websocket"]);
  });

  const wrong: [option: string, value: unknown, advice: RegExp][] = [
    ["pingInterval", "25s", /pingInterval is "25s"\. Write pingInterval: 25000, a number of mill/],
    ["pingTimeout", 0, /Write pingTimeout: 20000/],
    ["pingTimeout", Number.NaN, /pingTimeout is NaN/],
    ["upgradeTimeout", -1, /Write upgradeTimeout/],
    ["maxHttpBufferSize", Infinity, /Write maxHttpBufferSize: 1e6/],
    ["maxBufferedBytes", "1MB", /or Infinity/],
    ["transports", "websocket", /Write transports: \["polling", "websocket"\]/],
    ["transports", [], /Write transports/],
    ["transports", ["constructor"], /Write transports/],
    ["path", "socket.io", /beginning with a slash/],
    ["cors", "*", /Write cors: \{ origin: \[/],
    ["allowRequest", true, /Write allowRequest: \(request, decide\)/],
    ["cookie", 5, /Write cookie/],
    ["httpCompression", "gzip", /Write httpCompression/],
    ["initialPacket", 5, /Write initialPacket/],
    ["perMessageDeflate", { threshold: -1 }, /perMessageDeflate\.threshold must be/],
    ["wsEngine", "eiows", /Write wsEngine: WebSocketServer/],
    ["allowUpgrades", "yes", /allowUpgrades: true or allowUpgrades: false/],
  ];
  for (const [option, value, advice] of wrong) {
    it(`refuses ${option}: ${JSON.stringify(value)} and says what to write`, () => {
      const act = (): unknown => resolveOptions({ [option]: value });
      expect(act).toThrow(EngineError);
      expect(act).toThrow(advice);
    });
  }

  it("warns once of an option that is unknown or has no effect, and goes on", async () => {
    for (const [options, text] of [
      [{ pingIntervall: 5 }, "Option pingIntervall is not known to the engine and is ignored."],
      [{ transports: ["webtransport", "polling"] }, "Option transports: webtransport has no eff"],
    ] as [EngineOptions, string][]) {
      const warned = once(process, "warning");
      resolveOptions(options);
      const [warning] = (await warned) as [Error & { code: string }];
      expect(warning.message).toContain(text);
      expect(warning.code).toMatch(/^HAWSER_OPTION_(UNKNOWN|IDLE)$/);
    }
    const again: Error[] = [];
    const listener = (warning: Error): number => again.push(warning);
    process.on("warning", listener);
    resolveOptions({ transports: ["webtransport", "polling"] });
    await new Promise(setImmediate);
    process.off("warning", listener);
    expect(again).toEqual([]);
  });
});
