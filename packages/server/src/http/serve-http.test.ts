import { describe, expect, it } from "vitest";
import { Server } from "../server.ts";
import { serveHttpOnApp } from "./serve-http.ts";

describe("what is served on an app of µWebSockets.js", () => {
  const app = { any: () => app } as never;

  it("is the browser client", () => {
    expect(() => serveHttpOnApp(new Server(), app)).not.toThrow();
  });

  it("is not publish, which says so", () => {
    expect(() => serveHttpOnApp(new Server({ publish: {} }), app)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});
