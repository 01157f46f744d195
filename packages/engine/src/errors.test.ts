import { HawserError } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { EngineError, engineErrors, requestErrors } from "./errors.ts";
import { EngineServer } from "./server.ts";

describe("requestErrors", () => {
  it("has the numbers and texts of the protocol", () => {
    expect(EngineServer.errors).toEqual({
      UNKNOWN_TRANSPORT: 0,
      UNKNOWN_SID: 1,
      BAD_HANDSHAKE_METHOD: 2,
      BAD_REQUEST: 3,
      FORBIDDEN: 4,
      UNSUPPORTED_PROTOCOL_VERSION: 5,
    });
    expect(EngineServer.errorMessages).toEqual({
      0: "Transport unknown",
      1: "Session ID unknown",
      2: "Bad handshake method",
      3: "Bad request",
      4: "Forbidden",
      5: "Unsupported protocol version",
    });
  });

  it("answers with 403 what is forbidden, and with 400 the rest", () => {
    for (const [name, row] of Object.entries(requestErrors)) {
      expect(row.status).toBe(name === "FORBIDDEN" ? 403 : 400);
    }
  });
});

describe("EngineError", () => {
  it("says its code, its text and whose fault it is", () => {
    const error = new EngineError("BUFFER_FULL");
    expect(error.code).toBe("BUFFER_FULL");
    expect(error.message).toBe(engineErrors.BUFFER_FULL.text);
    expect(error.fault).toBe("peer");
    expect(new EngineError("OPTION_INVALID", "path").message).toMatch(/: path$/);
  });

  it("is recognised as an error of Hawser and of the engine alone", () => {
    const error = new EngineError("POST_TIMEOUT");
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(HawserError);
    expect(error).toBeInstanceOf(EngineError);
    expect(new Error("other")).not.toBeInstanceOf(EngineError);
  });
});
