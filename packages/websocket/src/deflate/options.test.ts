import { describe, expect, it } from "vitest";
import { WebSocketError } from "../errors.ts";
import { checkDeflateOptions, thresholdOf } from "./options.ts";
import type { PerMessageDeflateOptions } from "./options.ts";

describe("the options of perMessageDeflate", () => {
  it("have defaults", () => {
    const config = checkDeflateOptions({});
    expect(config.concurrencyMax).toBe(10);
    expect(thresholdOf(config, false)).toBe(1024);
    expect(thresholdOf(config, true)).toBe(0);
  });

  it("are taken as ws documents them", () => {
    const config = checkDeflateOptions({
      zlibDeflateOptions: { chunkSize: 1024, memLevel: 7, level: 3 },
      zlibInflateOptions: { chunkSize: 10 * 1024 },
      clientNoContextTakeover: true,
      serverNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: true,
      concurrencyLimit: 3,
      threshold: 100,
    });
    expect(config).toMatchObject({
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: true,
      concurrencyMax: 3,
      zlibDeflate: { level: 3 },
    });
    expect(thresholdOf(config, true)).toBe(100);
    expect(thresholdOf(config, false)).toBe(100);
  });

  it("with shared take over no context, either way", () => {
    expect(checkDeflateOptions({ shared: true })).toMatchObject({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
    });
  });

  it.each<[unknown, string]>([
    ["yes", 'perMessageDeflate must be true, false or an object, not "yes"'],
    [{ threshold: -1 }, "perMessageDeflate.threshold must be a number from 0 on, not -1"],
    [{ threshold: NaN }, "perMessageDeflate.threshold must be"],
    [{ concurrencyLimit: 0 }, "perMessageDeflate.concurrencyLimit must be a number from 1 on"],
    [{ serverMaxWindowBits: 7 }, "serverMaxWindowBits must be an integer from 8 to 15"],
    [{ clientMaxWindowBits: 15.5 }, "clientMaxWindowBits must be an integer"],
    [
      { clientMaxWindowBits: "15" },
      'clientMaxWindowBits must be an integer from 8 to 15, or a boolean, not "15"',
    ],
    [{ serverNoContextTakeover: 1 }, "serverNoContextTakeover must be true or false, not 1"],
    [{ shared: "yes" }, "shared must be true or false"],
    [{ shared: true, clientNoContextTakeover: false }, "where shared is set"],
    [{ zlibDeflateOptions: 6 }, "zlibDeflateOptions must be an object"],
    [{ zlibDeflateOptions: { level: 42 } }, "zlibDeflateOptions: "],
    [{ zlibInflateOptions: { chunkSize: 1 } }, "zlibInflateOptions: "],
    [{ zlibDeflateOptions: { dictionary: Buffer.from("x") } }, "no preset dictionary"],
  ])("are refused when they are wrong: %j", (options, text) => {
    let error: unknown;
    try {
      checkDeflateOptions(options as PerMessageDeflateOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WebSocketError);
    expect((error as WebSocketError).code).toBe("WS_ARGUMENT");
    expect((error as WebSocketError).message).toContain(text);
  });
});
