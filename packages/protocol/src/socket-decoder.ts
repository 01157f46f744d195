import { ProtocolError } from "./errors.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { ProtocolLimits } from "./limits.ts";
import { integerDigitsMax, resolveLimits } from "./limits.ts";
import type { Slot } from "./slots.ts";
import { fillSlots, findSlots } from "./slots.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType, checkEvent, checkPacketData, plainType } from "./socket-packet.ts";

/** As the second argument of `JSON.parse`. */
export type JsonReviver = (this: unknown, key: string, value: unknown) => unknown;

/** A packet whose attachments are still on their way. */
interface Assembly {
  readonly packet: SocketPacket;
  readonly slots: readonly Slot[];
  readonly count: number;
  readonly attachments: unknown[];
  bytes: number;
}

const digitZero = 48;
const digitTwo = 50;
const dash = 45;
const slash = 47;
const bracket = 91;

/**
 * Reads Socket.IO packets of one connection: texts, and the attachments that follow them. Holds no
 * clock: the owner drops a connection whose packet stays `pending` for too long.
 */
export class SocketDecoder {
  private readonly limits: ProtocolLimits;
  private readonly reviver: JsonReviver | undefined;
  /** Only while attachments are awaited. */
  private assembly: Assembly | undefined;

  constructor(limits?: Partial<ProtocolLimits>, reviver?: JsonReviver) {
    this.limits = resolveLimits(limits);
    this.reviver = reviver;
    this.assembly = undefined;
  }

  /** Whether a packet is waiting for attachments. */
  get pending(): boolean {
    return this.assembly !== undefined;
  }

  /** What the waiting packet holds so far: UTF-16 units of its text plus bytes of its attachments. */
  get pendingBytes(): number {
    return this.assembly === undefined ? 0 : this.assembly.bytes;
  }

  /** Forgets a half-assembled packet. */
  reset(): void {
    this.assembly = undefined;
  }

  /**
   * Reads a text message from `offset` on. Returns the packet, or undefined when its attachments have
   * to come first. After an error nothing is pending.
   *
   * @throws {ProtocolError} with `fault: "peer"`, for anything that is not a valid packet
   */
  decodeText(text: string, offset: number = 0): SocketPacket | undefined {
    if (this.assembly !== undefined) {
      this.reset();
      throw new ProtocolError("TEXT_UNEXPECTED");
    }
    this.checkSize(text.length - offset);
    // By far the most frequent: an event in the root namespace that asks for no acknowledgement.
    if (text.charCodeAt(offset) === digitTwo && text.charCodeAt(offset + 1) === bracket) {
      const data = this.parse(text, offset + 1);
      checkEvent(data);
      return { type: PacketType.EVENT, nsp: "/", query: undefined, data, id: undefined };
    }
    return this.decodeWithHeader(text, offset);
  }

  /**
   * Takes the next attachment, which is put into its packet as it is. Returns the packet when it is
   * complete. After an error nothing is pending.
   *
   * @throws {ProtocolError} `BINARY_UNEXPECTED`, `PACKET_TOO_LARGE`
   */
  decodeBinary(data: ArrayBuffer | ArrayBufferView): SocketPacket | undefined {
    const { assembly } = this;
    if (assembly === undefined) throw new ProtocolError("BINARY_UNEXPECTED");
    // A Blob, which a client may have asked for, has no byteLength; its size is the platform's matter.
    assembly.bytes += data.byteLength ?? 0;
    this.checkSize(assembly.bytes);
    assembly.attachments.push(data);
    if (assembly.attachments.length < assembly.count) return undefined;
    this.reset();
    fillSlots(assembly.slots, assembly.attachments);
    return assembly.packet;
  }

  private decodeWithHeader(text: string, offset: number): SocketPacket | undefined {
    const digit = text.charCodeAt(offset) - digitZero;
    if (!(digit >= PacketType.CONNECT && digit <= PacketType.BINARY_ACK)) {
      throw new ProtocolError("PACKET_TYPE");
    }
    let at = offset + 1;
    let count = 0;
    if (digit >= PacketType.BINARY_EVENT) {
      const end = endOfDigits(text, at);
      if (text.charCodeAt(end) !== dash) throw new ProtocolError("ATTACHMENTS_ILLEGAL");
      count = this.attachmentCount(text, at, end);
      at = end + 1;
    }
    let nsp = "/";
    let query: string | undefined;
    if (text.charCodeAt(at) === slash) {
      const comma = text.indexOf(",", at);
      const end = comma === -1 ? text.length : comma;
      nsp = text.slice(at, end);
      at = comma === -1 ? end : end + 1;
      const mark = nsp.indexOf("?");
      if (mark !== -1) {
        query = nsp.slice(mark + 1);
        nsp = nsp.slice(0, mark);
      }
    }
    const end = endOfDigits(text, at);
    const id = end === at ? undefined : integerAt(text, at, end);
    const data = end < text.length ? this.parse(text, end) : undefined;
    const type = plainType(digit as PacketType);
    checkPacketData(type, data);
    if (type === PacketType.ACK && id === undefined) throw new ProtocolError("ACK_ID", "missing");
    const packet: SocketPacket = { type, nsp, query, data, id };
    if (type === digit) return packet;
    const slots = findSlots(data as unknown[], count, this.limits.jsonDepthMax);
    this.assembly = { packet, slots, count, attachments: [], bytes: text.length - offset };
    return undefined;
  }

  private attachmentCount(text: string, start: number, end: number): number {
    const count = toInteger(text, start, end);
    if (count === 0) throw new ProtocolError("ATTACHMENTS_ILLEGAL", "no count");
    const { attachmentsMax } = this.limits;
    if (count <= attachmentsMax && Number.isSafeInteger(count)) return count;
    throw new ProtocolError("ATTACHMENTS_TOO_MANY", `more than ${attachmentsMax}`);
  }

  private parse(text: string, start: number): unknown {
    const { jsonDepthMax } = this.limits;
    if (isDeeperThan(text, start, jsonDepthMax)) {
      throw new ProtocolError("JSON_TOO_DEEP", `more than ${jsonDepthMax} levels`);
    }
    try {
      const json = text.slice(start);
      return this.reviver === undefined ? JSON.parse(json) : JSON.parse(json, this.reviver);
    } catch (cause) {
      throw new ProtocolError("JSON_INVALID", undefined, { cause });
    }
  }

  private checkSize(size: number): void {
    const { packetBytesMax } = this.limits;
    if (size <= packetBytesMax) return;
    this.reset();
    throw new ProtocolError("PACKET_TOO_LARGE", `more than ${packetBytesMax}`);
  }
}

/** Where the digits from `at` on end; looks at one more than a number can have. */
function endOfDigits(text: string, at: number): number {
  const last = at + integerDigitsMax;
  while (at <= last) {
    const digit = text.charCodeAt(at) - digitZero;
    if (!(digit >= 0 && digit <= 9)) break;
    at++;
  }
  return at;
}

function toInteger(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (text.charCodeAt(at) - digitZero);
  return value;
}

function integerAt(text: string, start: number, end: number): number {
  const value = toInteger(text, start, end);
  if (end - start <= integerDigitsMax && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new ProtocolError("ACK_ID");
}
