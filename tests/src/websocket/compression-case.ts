// A case of compressed messages, which the subject must send back, each of them to the byte.
import { closing, pong } from "./case.ts";
import type { Case } from "./case.ts";
import { compressedFrames, sizes } from "./cases/compression.ts";
import type { PayloadKind } from "./cases/compression.ts";
import type { Compression } from "./peer/compression.ts";
import { op } from "./peer/frame.ts";
import type { FrameSpec } from "./peer/frame.ts";
import type { Happening } from "./peer/line.ts";

const long = Boolean(process.env["HAWSER_WEBSOCKET_LONG"]);
/** Autobahn sends 1,000 messages in a case; here, but in the long form, as many as these bytes hold. */
const caseBytes = long ? 16_000_000 : 200_000;
const messagesMax = long ? 1_000 : 12;

/** One of the eighteen sizes, with now and then a message that is not compressed, and a ping between fragments. */
export function compressionCase(
  id: string,
  size: number,
  kind: PayloadKind,
  peer: Compression,
): Case {
  const [bytes, fragment] = sizes[size] as [number, number];
  const count = Math.max(2, Math.min(messagesMax, Math.floor(caseBytes / bytes)));
  const send: FrameSpec[] = [];
  const strict: Happening[] = [];
  for (let at = 0; at < count; at += 1) {
    const payload = kind.make(bytes, size * 1_000 + at);
    // Compression is a choice for each message.
    const frames =
      at % 5 === 4
        ? [{ opcode: kind.opcode, payload }]
        : compressedFrames(kind.opcode, peer.compress(payload), fragment);
    if (at === 1) {
      frames.splice(1, 0, { opcode: op.ping, payload: "between" });
      strict.push(pong("between"));
    }
    send.push(...frames);
    strict.push({ kind: kind.opcode === op.text ? "text" : "binary", payload });
  }
  return {
    id,
    title: `${kind.title}, ${bytes} bytes${fragment === 0 ? "" : ` in fragments of ${fragment}`}`,
    send,
    strict,
    pongsAnywhere: true,
    end: closing,
  };
}
