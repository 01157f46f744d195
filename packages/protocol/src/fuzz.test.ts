import { describe, expect, it } from "vitest";
import { isPeersFault, thrownBy } from "../testing/expect-error.ts";
import { mutate, randomSource } from "../testing/wire.ts";
import { decodePayload, encodePayload } from "./engine-payload.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket } from "./socket-encoder.ts";
import type { SocketPacket } from "./socket-packet.ts";

const rounds = 20_000;
const texts = [
  "0",
  '0/admin?a=1,{"token":"x"}',
  '2["hello",{"a":[true,null,"\\\\"]}]',
  '2/admin,12["hello","wor\\"ld"]',
  '31[{"__proto__":{"x":1}}]',
  '4{"message":"no"}',
  '51-["a",{"_placeholder":true,"num":0}]',
  '53-/admin,4["a",{"b":{"_placeholder":true,"num":2}},{"_placeholder":true,"num":0}]',
  '62-4[[{"_placeholder":true,"num":0}]]',
];

describe("a decoder under a stream of mutated packets and stray binaries", () => {
  it.each([1, 2, 3])("stays within its limits and its errors, seed %d", (seed) => {
    const random = randomSource(seed);
    const limits = { packetBytesMax: 120, attachmentsMax: 3, jsonDepthMax: 4 };
    const decoder = new SocketDecoder(limits);
    const violations: unknown[] = [];
    const seen = { packets: 0, awaited: 0, errors: 0 };

    const feed = (input: string | Uint8Array) => {
      let packet: SocketPacket | undefined;
      const error = thrownBy(() => {
        packet =
          typeof input === "string" ? decoder.decodeText(input) : decoder.decodeBinary(input);
      });
      const awaits = error === undefined && packet === undefined;
      const held = decoder.pendingBytes;
      if (decoder.pending !== awaits || held > limits.packetBytesMax || held > 0 !== awaits) {
        violations.push([input, "state", held]);
      }
      if (error !== undefined && !isPeersFault(error)) violations.push([input, error]);
      // What was accepted must be fit to be sent on.
      if (packet !== undefined) encodeSocketPacket(packet);
      seen[error === undefined ? (awaits ? "awaited" : "packets") : "errors"]++;
    };

    for (let round = 0; round < rounds; round++) {
      const binary = decoder.pending ? random(4) > 0 : random(10) === 0;
      const text = texts[random(texts.length)]!;
      if (binary) feed(new Uint8Array(random(40)));
      else feed(random(2) === 0 ? text : mutate(text, random));
    }
    expect(violations).toEqual([]);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(rounds / 20);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("polling bodies, mutated", () => {
  it("are read, or refused with an error of the peer", () => {
    const random = randomSource(7);
    const body = encodePayload([
      { type: "message", data: '2["hello"]' },
      { type: "message", data: Uint8Array.of(1, 2, 3, 4) },
      { type: "ping", data: "probe" },
      { type: "message", data: "€😀" },
    ]);
    const verdicts = { read: 0, refused: 0, other: 0 };
    for (let round = 0; round < rounds; round++) {
      const mutated = mutate(body, random);
      const error = thrownBy(() => encodePayload(decodePayload(mutated, { payloadPacketsMax: 6 })));
      verdicts[error === undefined ? "read" : isPeersFault(error) ? "refused" : "other"]++;
    }
    expect(verdicts.other).toBe(0);
    expect(verdicts.read).toBeGreaterThan(rounds / 20);
    expect(verdicts.refused).toBeGreaterThan(rounds / 20);
  });
});
