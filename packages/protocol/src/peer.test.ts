import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { Decoder, Encoder } from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { jsonWithBinary, socketPacket } from "../testing/arbitraries.ts";
import { decodeAll, mutate, randomSource, withPlainBytes } from "../testing/wire.ts";
import { ProtocolError } from "./errors.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket } from "./socket-encoder.ts";
import type { SocketPacket } from "./socket-packet.ts";
import { PacketType } from "./socket-packet.ts";

// Both sides against npm socket.io-parser: the same bytes out, the same packets in.

const attachmentsMax = 20;

interface PeerPacket {
  type: number;
  nsp: string;
  data?: unknown;
  id?: number;
}

/** What the peer makes of a text and as many attachments as it asks for. */
function peerVerdict(text: string, attachments: readonly Uint8Array[]): unknown {
  const decoder = new Decoder({ maxAttachments: attachmentsMax });
  const packets: PeerPacket[] = [];
  decoder.on("decoded", (packet) => packets.push(packet as PeerPacket));
  try {
    decoder.add(text);
    for (let i = 0; packets.length === 0 && i < attachments.length; i++)
      decoder.add(attachments[i]);
  } catch {
    return "refused";
  }
  return packets.length === 0 ? "awaiting" : strictly(packets[0]!);
}

/** Where Hawser differs on purpose: what can have no meaning is refused, and the query is split off. */
function strictly(packet: PeerPacket): unknown {
  const { type, data, id } = packet;
  const needsData =
    type === PacketType.EVENT || type === PacketType.ACK || type === PacketType.CONNECT_ERROR;
  if (needsData && data === undefined) return "refused";
  if (type === PacketType.ACK && id === undefined) return "refused";
  if (id !== undefined && !Number.isSafeInteger(id)) return "refused";
  const mark = packet.nsp.indexOf("?");
  const [nsp, query] =
    mark === -1 ? [packet.nsp] : [packet.nsp.slice(0, mark), packet.nsp.slice(mark + 1)];
  return { type, nsp, query, data: withPlainBytes(data), id };
}

function verdict(text: string, attachments: readonly Uint8Array[]): unknown {
  const decoder = new SocketDecoder({ attachmentsMax });
  try {
    let packet = decoder.decodeText(text);
    for (let i = 0; packet === undefined && i < attachments.length; i++) {
      packet = decoder.decodeBinary(attachments[i]!);
    }
    return packet === undefined ? "awaiting" : plain(packet);
  } catch (error) {
    if (error instanceof ProtocolError && error.fault === "peer") return "refused";
    throw error;
  }
}

function plain({ type, nsp, query, data, id }: SocketPacket): unknown {
  return { type, nsp, query, data: withPlainBytes(data), id };
}

describe("any packet", () => {
  it("leaves as npm socket.io-parser writes it", () => {
    fc.assert(
      fc.property(socketPacket(jsonWithBinary), (packet) => {
        const { text, attachments } = encodeSocketPacket(packet);
        const [theirText, ...theirs] = new Encoder().encode({ ...packet } as never) as [
          string,
          ...unknown[],
        ];
        // The peer loses an own __proto__ that stands beside binary.
        fc.pre(!text.includes("__proto__"));
        expect(text).toBe(theirText);
        expect(withPlainBytes(attachments)).toEqual(withPlainBytes(theirs));
      }),
      { numRuns: 300 },
    );
  });

  it("is read by npm socket.io-parser as we read it", () => {
    fc.assert(
      fc.property(socketPacket(jsonWithBinary), (packet) => {
        const { text, attachments } = encodeSocketPacket(packet);
        fc.pre(attachments.length <= attachmentsMax);
        expect(peerVerdict(text, attachments)).toEqual(plain(decodeAll(text, attachments)));
      }),
      { numRuns: 300 },
    );
  });
});

describe("mutated packets", () => {
  const seeds = [
    "0",
    '0/admin,{"token":"x"}',
    "1/admin,",
    '2["hello",1,{"a":[true,null]}]',
    '2/admin,12["hello","wor\\"ld"]',
    '213["a"]',
    '3/admin,7["ok",{}]',
    "31[]",
    '4/admin,{"message":"no","data":{"code":1}}',
    '4"no"',
    '51-["a",{"_placeholder":true,"num":0}]',
    '52-/admin,4["a",{"b":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}]',
    '61-/admin,4[{"_placeholder":true,"num":0}]',
  ];
  const attachments = Array.from({ length: attachmentsMax }, (_, i) => Buffer.from([i]));

  // The peer takes white space for a digit, reads numbers of any length, and nothing as CONNECT.
  const isComparable = (text: string) =>
    text !== "" && !/^[^[{"]*\s/.test(text) && !/\d{17}/.test(text);

  it.each([1, 2, 3, 4])("get the same verdict from both, seed %d", (seed) => {
    const random = randomSource(seed);
    const texts = Array.from({ length: 5_000 }, () =>
      mutate(seeds[random(seeds.length)]!, random),
    ).filter(isComparable);
    const verdicts = texts.map((text) => ({
      text,
      ours: verdict(text, attachments),
      theirs: peerVerdict(text, attachments),
    }));
    const differences = verdicts.filter(({ ours, theirs }) => !isDeepStrictEqual(ours, theirs));
    expect(differences).toEqual([]);
    // Both kinds come up often enough to mean something.
    const refused = verdicts.filter(({ ours }) => ours === "refused").length;
    expect(refused).toBeGreaterThan(500);
    expect(texts.length - refused).toBeGreaterThan(500);
  });
});
