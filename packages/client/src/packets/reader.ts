import { reservedEvents } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { ClientError } from "../errors.ts";
import { depthMax } from "../limits.ts";
import { ACK, BINARY, CONNECT_ERROR, DISCONNECT, EVENT } from "./types.ts";

type Holder = Record<string, unknown>;

/** Reads the packets of one connection. */
export interface PacketReader {
  /** The packet that `message` completes, if it does. @throws for what is no packet */
  decode(message: unknown): SocketPacket | undefined;
  /** Forgets a packet that is half there. */
  reset(): void;
}

// Type, attachments, namespace (its query is passed over), acknowledgement id.
const head = /^([0-6])(?:(\d+)-)?(?:(\/[^,?]*)[^,]*,?)?(\d{0,15})/;

/**
 * The same as `SocketDecoder` of the protocol package in fewer bytes of code, for a reader that trusts the sender with
 * sizes, and may throw without saying what exactly was wrong.
 */
export function createReader(): PacketReader {
  // Waits for as many attachments as its count says.
  let packet: SocketPacket | undefined;
  let attachments: unknown[] = [];

  return {
    decode(message) {
      if (typeof message === "string") {
        refuseUnless(!packet);
        packet = readText(message);
      } else {
        attachments.push(message);
      }
      refuseUnless(packet);
      const complete = packet;
      if (attachments.length < complete.attachments!) return undefined;
      if (attachments.length) fill(complete.data as Holder, attachments, depthMax);
      this.reset();
      return complete;
    },
    reset() {
      packet = undefined;
      attachments = [];
    },
  };
}

function readText(text: string): SocketPacket {
  const match = head.exec(text);
  refuseUnless(match);
  const [{ length }, digit, count, nsp = "/", id] = match;
  const json = text.slice(length);
  const isBinary = Number(digit) > CONNECT_ERROR;
  const packet: SocketPacket = {
    type: (isBinary ? Number(digit) - BINARY : Number(digit)) as SocketPacket["type"],
    nsp,
    attachments: Number(count ?? 0),
    data: json ? JSON.parse(json) : undefined,
    id: id ? Number(id) : undefined,
  };
  refuseUnless(isValid(packet) && (isBinary ? packet.attachments : !count));
  // One level takes two characters.
  if (json.length > 2 * depthMax) fill(packet.data as Holder, undefined, depthMax);
  return packet;
}

function isValid({ type, data, id }: SocketPacket): boolean {
  const isList = Array.isArray(data);
  if (type === EVENT) {
    const name: unknown = isList && data[0];
    return typeof name === "number" || (typeof name === "string" && !reservedEvents.has(name));
  }
  if (type === ACK) return isList && id !== undefined;
  if (typeof data === "object") return !!data && !isList && type !== DISCONNECT;
  return type === CONNECT_ERROR ? typeof data === "string" : data === undefined;
}

/** Puts attachments in the place of their placeholders, and refuses what is nested deeper than could be sent on. */
function fill(holder: Holder, attachments: unknown[] | undefined, depthLeft: number): void {
  refuseUnless(depthLeft);
  for (const [key, item] of Object.entries(holder)) {
    if (typeof item !== "object" || !item) continue;
    const { _placeholder, num } = item as Holder;
    if (attachments && _placeholder === true) {
      refuseUnless(typeof num === "number" && num in attachments);
      holder[key] = attachments[num];
    } else {
      fill(item as Holder, attachments, depthLeft - 1);
    }
  }
}

function refuseUnless(fine: unknown): asserts fine {
  if (!fine) throw new ClientError("invalid packet");
}
