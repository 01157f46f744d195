import type { EnginePacket } from "@hawser/protocol";
import {
  decodeBinaryPayloadV3,
  decodePayloadV3,
  encodeBinaryPayloadV3,
  encodePayloadV3,
} from "@hawser/protocol/internal";
import { nodeBase64 } from "../binary-text.ts";
import type { Outgoing } from "../outgoing.ts";
import type { PollingCodec } from "../transports/polling-codec.ts";

/** Bodies of Engine.IO 3: text, or bytes where something binary is in them and the client takes bytes. */
export class PollingCodec3 implements PollingCodec {
  readonly textType = "text/plain; charset=UTF-8";
  readonly takesBytes = true;
  readonly close = "1:1";
  readonly noop = "1:6";
  readonly noopClose = "1:61:1";
  private readonly sendsBytes: boolean;

  constructor(sendsBytes: boolean) {
    this.sendsBytes = sendsBytes;
  }

  encode(messages: readonly Outgoing[]): string | Uint8Array {
    const packets: (string | Uint8Array)[] = [];
    let binary = false;
    for (const { packet, attachments } of messages) {
      if (packet !== undefined) packets.push(packet);
      packets.push(...attachments);
      binary ||= attachments.length > 0;
    }
    return binary && this.sendsBytes
      ? encodeBinaryPayloadV3(packets)
      : encodePayloadV3(packets, nodeBase64);
  }

  decode(body: Buffer, bytes: boolean): EnginePacket[] {
    return bytes
      ? decodeBinaryPayloadV3(body, undefined, nodeBase64)
      : decodePayloadV3(body.toString(), undefined, nodeBase64);
  }
}
