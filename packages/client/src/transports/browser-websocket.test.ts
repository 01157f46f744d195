import { afterEach, describe, expect, it, vi } from "vitest";
import { BrowserWebSocket } from "./browser-websocket.ts";
import type { TransportOptions } from "./transport.ts";

describe("BrowserWebSocket", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function asked(options: Partial<TransportOptions>): unknown[] {
    let args: unknown[] = [];
    vi.stubGlobal(
      "WebSocket",
      class {
        binaryType = "";
        constructor(...given: unknown[]) {
          args = given;
        }
      },
    );
    const transport = new BrowserWebSocket({
      query: {},
      hostname: "h",
      secure: false,
      path: "/",
      binaryType: "arraybuffer",
      ...options,
    });
    transport.open();
    return args;
  }

  it("never offers undefined, which Chromium takes for a subprotocol of that name", () => {
    expect(asked({})).toEqual(["ws://h/?", [], { headers: undefined }]);
  });

  it("offers what it was told to, with headers for platforms that send them", () => {
    expect(asked({ protocols: ["a"], extraHeaders: { "x-a": "1" } })).toEqual([
      "ws://h/?",
      ["a"],
      { headers: { "x-a": "1" } },
    ]);
  });
});
