import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

describe("readConfig", () => {
  it("has defaults: port 3000, this computer only", () => {
    expect(readConfig([], {})).toMatchObject({ port: 3000, host: "127.0.0.1", kill: true });
    expect(readConfig([], { PORT: "", HOST: "" })).toMatchObject({ port: 3000, host: "127.0.0.1" });
  });

  it("reads the environment, and flags before it", () => {
    const env = { PORT: "4000", HOST: "0.0.0.0", PLAYGROUND_DB: "/x/y.db" };
    expect(readConfig([], env)).toEqual({
      port: 4000,
      host: "0.0.0.0",
      database: "/x/y.db",
      kill: true,
    });
    const flags = ["--port", "5000", "--host=::1", "--db", "z.db"];
    expect(readConfig(flags, { ...env, INIT_CWD: "/home/x" })).toEqual({
      port: 5000,
      host: "::1",
      database: "/home/x/z.db",
      kill: true,
    });
  });

  it("has no kill button when it is switched off", () => {
    expect(readConfig(["--no-kill"], {})).toMatchObject({ kill: false });
    expect(readConfig([], { PLAYGROUND_KILL: "off" })).toMatchObject({ kill: false });
  });

  it("offers help", () => {
    expect(readConfig(["--help"], {})).toBe("help");
  });

  it.each([
    ["--port", "http"],
    ["--port", "65536"],
    ["--port", "-1"],
    ["--port", "1.5"],
    ["--colour"],
    ["extra"],
  ])("refuses %s %s", (...args) => {
    expect(() => readConfig(args, {})).toThrow(ConfigError);
  });
});
