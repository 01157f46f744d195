import { ServerError } from "../errors.ts";
import { countOf, sizeOf } from "../delivery/options.ts";
import type { Size } from "../delivery/options.ts";

/** What may wait for clients that do not read as fast as they are written to. */
export interface PressureOptions {
  /** Bytes that may wait for one client. Default: no bound of ours; the engine's `maxBufferedBytes` holds. */
  bytes?: Size | undefined;
  /** Messages that may wait for one client. Default: no bound. */
  messages?: number | undefined;
  /**
   * What happens beyond: `"disconnect"` (a durable client comes back and is replayed), or `"drop"`: the message is not
   * sent to that client, which cannot be had together with `delivery` or `connectionStateRecovery`. Default
   * `"disconnect"`.
   */
  policy?: "disconnect" | "drop" | undefined;
  /**
   * Bytes that may wait for all clients of this server together; what was sent to several counts for each. Beyond,
   * volatile messages are dropped, then what `latest` holds back, then the clients for whom most waits are disconnected.
   */
  processBytes?: Size | undefined;
}

/** The settings, in plain units. */
export interface PressureBounds {
  readonly bytesMax: number;
  readonly messagesMax: number;
  readonly drops: boolean;
  readonly processBytesMax: number;
}

export const noBounds: PressureBounds = {
  bytesMax: Infinity,
  messagesMax: Infinity,
  drops: false,
  processBytesMax: Infinity,
};

/** Checks the settings. @throws ServerError with the option's name and what was expected */
export function resolvePressure(
  options: PressureOptions | undefined,
  keepsMessages: boolean,
): PressureBounds | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    throw wrong("pressure is not an object", 'an object such as { bytes: "1mb" }');
  }
  const { bytes, messages, policy = "disconnect", processBytes } = options;
  if (policy !== "disconnect" && policy !== "drop") {
    throw wrong(`pressure.policy is ${JSON.stringify(policy)}`, '"disconnect" or "drop"');
  }
  if (policy === "drop" && keepsMessages) {
    throw wrong(
      'pressure.policy is "drop", which would leave gaps in what delivery and connectionStateRecovery keep',
      '"disconnect": the client comes back and is given what it missed',
    );
  }
  return {
    bytesMax: bytes === undefined ? Infinity : sizeOf("pressure.bytes", bytes),
    messagesMax: messages === undefined ? Infinity : countOf("pressure.messages", messages),
    drops: policy === "drop",
    processBytesMax:
      processBytes === undefined ? Infinity : sizeOf("pressure.processBytes", processBytes),
  };
}

function wrong(what: string, wanted: string): ServerError {
  return new ServerError("OPTION_INVALID", `option ${what}; expected ${wanted}`);
}
