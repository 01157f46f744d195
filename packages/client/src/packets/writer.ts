import type { SocketPacket } from "@hawser/protocol";
import type { Binary, RawData } from "../transports/transport.ts";
import { BINARY, DISCONNECT } from "./types.ts";

/**
 * A packet as messages: its text, then its attachments. The same as `encodeSocketPacketWithBlobs` of the protocol
 * package in fewer bytes of code; it looks for binary values with the eyes of `JSON.stringify`.
 *
 * @throws {Error} for what JSON cannot say: circular structures, BigInt
 */
export function writePacket({ type, nsp, data, id }: SocketPacket): RawData[] {
  const attachments: Binary[] = [];
  // `this` still holds what the value was before its toJSON, which a Buffer has too.
  function replaceBinary(this: Record<string, unknown>, key: string, value: unknown): unknown {
    const found = [this[key], value].find(isBinary);
    return found ? { _placeholder: true, num: attachments.push(found) - 1 } : value;
  }
  const mayCarryBinary = type > DISCONNECT && holdsBinary(data);
  const json = JSON.stringify(data, mayCarryBinary ? replaceBinary : undefined) ?? "";
  const { length } = attachments;
  const head = length ? `${type + BINARY}${length}-` : type;
  return [`${head}${nsp === "/" ? "" : nsp + ","}${id ?? ""}${json}`, ...attachments];
}

// A replacer makes JSON.stringify slow: it is worth a look whether there is anything to replace. What has a toJSON may
// show anything.
function holdsBinary(value: unknown): boolean {
  if (typeof value !== "object" || !value) return false;
  if (isBinary(value) || "toJSON" in value) return true;
  return Object.values(value).some(holdsBinary);
}

/** By the tag and not by `instanceof`: values come from other realms too, such as frames. */
function isBinary(value: unknown): value is Binary {
  return ArrayBuffer.isView(value) || /(ArrayBuffer|Blob|File)]$/.test({}.toString.call(value));
}
