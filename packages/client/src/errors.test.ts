import { HawserError } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { ClientError, TransportError, clientErrors } from "./errors.ts";

describe("ClientError", () => {
  it("carries its row of the table", () => {
    const cause = new Error("why");
    const error = new ClientError("CONNECT_TIMEOUT", { cause });
    expect(error).toMatchObject({
      code: "CONNECT_TIMEOUT",
      fault: "environment",
      message: "timeout",
      cause,
    });
    expect(new ClientError("EVENT_RESERVED", undefined, '"connect" ').message).toBe(
      '"connect" is a reserved event name',
    );
  });

  it("is recognised across builds of the package, and told from others", () => {
    const error = new ClientError("ACK_TIMEOUT");
    const foreign = Object.assign(new Error("x"), { [Symbol.for("hawser.error")]: "client" });
    for (const it of [error, foreign]) {
      expect(it).toBeInstanceOf(ClientError);
      expect(it).toBeInstanceOf(HawserError);
    }
    expect(new Error("x")).not.toBeInstanceOf(ClientError);
    expect(error).not.toBeInstanceOf(TransportError);
  });

  it("has a text and a fault for every code", () => {
    for (const { fault, text } of Object.values(clientErrors)) {
      expect(["peer", "developer", "environment"]).toContain(fault);
      expect(text).not.toBe("");
    }
  });
});

describe("TransportError", () => {
  it("says what the platform said", () => {
    const error = new TransportError("POLL_FAILED", 502, { responseText: "bad gateway" });
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({
      type: "TransportError",
      message: "xhr poll error",
      description: 502,
      context: { responseText: "bad gateway" },
    });
  });
});
