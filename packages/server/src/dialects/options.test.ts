import { describe, expect, it } from "vitest";
import { Server } from "../server.ts";
import { resolvePlain, resolveSse } from "./options.ts";
import type { ServerOptions } from "../options.ts";

describe("the options of dialects", () => {
  it("are off, or their defaults", () => {
    expect(resolvePlain(undefined)).toEqual([]);
    expect(resolvePlain(false)).toEqual([]);
    expect(resolvePlain(true)).toMatchObject([{ path: "/hawser/ws", mode: "events" }]);
    expect(
      resolvePlain([{ path: "/a" }, { path: "/b", mode: "raw", namespace: "/x" }]),
    ).toMatchObject([{ path: "/a" }, { path: "/b", mode: "raw", namespace: "/x" }]);
    expect(resolvePlain({ limits: { depth: 5 } })[0]!.limits).toMatchObject({
      depth: 5,
      errorsMax: 16,
    });
    expect(resolveSse(true)).toEqual({ path: "/hawser/sse" });
    expect(resolveSse(false)).toBeUndefined();
  });

  const wrong: [options: object, text: string][] = [
    [{ plain: "yes" }, "option plain is"],
    [{ plain: { pth: "/a" } }, "option plain.pth"],
    [{ plain: { path: "a" } }, "option plain.path"],
    [{ plain: { mode: "bare" } }, "option plain.mode"],
    [{ plain: { decode: () => undefined } }, "option plain.decode"],
    [{ plain: { mode: "raw", encode: 1 } }, "option plain.encode"],
    [{ plain: { namespace: "/x" } }, "option plain.namespace"],
    [{ plain: { mode: "raw", namespace: "x" } }, "option plain.namespace"],
    [{ plain: { limits: { dept: 1 } } }, "option plain.limits.dept"],
    [{ plain: { limits: { depth: 0 } } }, "option plain.limits.depth"],
    [{ plain: [{}, {}] }, "option plain"],
    [{ sse: 1 }, "option sse"],
    [{ sse: { rooms: 1 } }, "option sse.rooms"],
    [{ plain: true, sse: { path: "/hawser/ws" } }, "option sse.path"],
    [{ subscribe: ["a"] }, "option subscribe"],
  ];
  it.each(wrong)("%o is refused with its name", (options, text) => {
    expect(() => new Server(options as Partial<ServerOptions>)).toThrow(text);
  });
});
