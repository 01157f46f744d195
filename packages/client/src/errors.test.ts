import { HawserError } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { ClientError, TransportError } from "./errors.ts";
import { completeErrors } from "./platform/errors.node.ts";

describe("ClientError", () => {
  it("has its text in capitals as its code", () => {
    const cause = new Error("why");
    const error = new ClientError("operation has timed out", cause);
    expect(error).toMatchObject({
      code: "OPERATION_HAS_TIMED_OUT",
      message: "operation has timed out",
      cause,
    });
  });

  it("may speak of something", () => {
    const error = new ClientError("reserved event name", undefined, '"connect" is a ');
    expect(error.message).toBe('"connect" is a reserved event name');
    expect(error.code).toBe("RESERVED_EVENT_NAME");
  });
});

describe("in Node.js", () => {
  it("an error is one of Hawser's, and says whose fault it is", () => {
    completeErrors();
    expect(new ClientError("timeout")).toBeInstanceOf(HawserError);
    expect(new ClientError("timeout").name).toBe("ClientError");
    expect(new ClientError("timeout").fault).toBe("environment");
    expect(new TransportError("server error", "x").fault).toBe("peer");
    expect(new ClientError("No transports available").fault).toBe("developer");
  });
});

describe("TransportError", () => {
  it("says what the platform said", () => {
    const error = new TransportError("xhr poll error", 502, { responseText: "bad gateway" });
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({
      type: "TransportError",
      message: "xhr poll error",
      description: 502,
      context: { responseText: "bad gateway" },
    });
  });
});
