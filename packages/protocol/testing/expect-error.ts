import { expect } from "vitest";
import type { ProtocolErrorCode } from "../src/errors.ts";
import { ProtocolError, protocolErrors } from "../src/errors.ts";

/** For `expect(…).toThrow`: a ProtocolError with this code, and its row's fault. */
export function protocolError(code: ProtocolErrorCode): Error {
  const { fault } = protocolErrors[code];
  return expect.objectContaining({ name: "ProtocolError", code, fault }) as Error;
}

/** The error that `action` throws, or undefined. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Whether an error is what bad input may lead to: a ProtocolError that blames the peer. */
export function isPeersFault(error: unknown): boolean {
  return error instanceof ProtocolError && error.fault === "peer";
}
