import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { HawserError, ProtocolError, errorBrand, errorFamily, protocolErrors } from "./errors.ts";
import type { ProtocolErrorCode } from "./errors.ts";

describe("ProtocolError", () => {
  it.each(Object.keys(protocolErrors) as ProtocolErrorCode[])("takes %s from the table", (code) => {
    const error = new ProtocolError(code);
    expect(error).toMatchObject({ code, fault: protocolErrors[code].fault });
    expect(error.message).toBe(protocolErrors[code].text);
    expect(error.name).toBe("ProtocolError");
  });

  it("puts the detail behind the text, and keeps the cause", () => {
    const cause = new SyntaxError("x");
    const error = new ProtocolError("JSON_INVALID", "at 3", { cause });
    expect(error.message).toBe("Invalid JSON: at 3");
    expect(error.cause).toBe(cause);
  });

  it("is an Error, a HawserError and a ProtocolError", () => {
    const error = new ProtocolError("PACKET_TYPE");
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(HawserError);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(Object.keys(error)).not.toContain(String(errorBrand));
  });
});

describe("instanceof by brand", () => {
  const foreign = (family: string): unknown =>
    runInContext(
      `const error = new Error("x"); error[Symbol.for("hawser.error")] = ${JSON.stringify(family)}; error`,
      createContext(),
    );

  it("recognises errors of another realm, and so of the other build", () => {
    expect(foreign("protocol")).not.toBeInstanceOf(Error);
    expect(foreign("protocol")).toBeInstanceOf(ProtocolError);
    expect(foreign("protocol")).toBeInstanceOf(HawserError);
  });

  it("tells families apart", () => {
    expect(foreign("websocket")).toBeInstanceOf(HawserError);
    expect(foreign("websocket")).not.toBeInstanceOf(ProtocolError);
    expect(errorFamily(foreign("websocket"))).toBe("websocket");
  });

  it("leaves the subclasses of others to the prototype chain", () => {
    class Own extends ProtocolError {}
    expect(new Own("PACKET_TYPE")).toBeInstanceOf(Own);
    expect(new Own("PACKET_TYPE")).toBeInstanceOf(ProtocolError);
    expect(new ProtocolError("PACKET_TYPE")).not.toBeInstanceOf(Own);
    class Other extends HawserError {}
    expect(new Other("other", "X", "environment", "x")).toBeInstanceOf(HawserError);
    expect(new Other("other", "X", "environment", "x")).not.toBeInstanceOf(ProtocolError);
  });

  it.each([undefined, null, "x", 1, {}, new Error("x"), { [errorBrand]: 1 }])(
    "refuses %o",
    (value) => {
      expect(value instanceof (HawserError as unknown as new () => unknown)).toBe(false);
      expect(value instanceof (ProtocolError as unknown as new () => unknown)).toBe(false);
    },
  );
});
