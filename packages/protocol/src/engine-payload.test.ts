import * as peer from "engine.io-parser";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { enginePacket } from "../testing/arbitraries.ts";
import { isPeersFault, protocolError, thrownBy } from "../testing/expect-error.ts";
import { withPlainBytes } from "../testing/wire.ts";
import { decodePayload, encodePayload } from "./engine-payload.ts";

describe("encodePayload", () => {
  it("joins packets with U+001E", () => {
    const packets = [
      { type: "message", data: "a" },
      { type: "message", data: Uint8Array.of(1, 2, 3, 4) },
      { type: "noop" },
    ] as const;
    expect(encodePayload(packets)).toBe("4a\x1ebAQIDBA==\x1e6");
    expect(encodePayload(packets.slice(0, 1))).toBe("4a");
    expect(encodePayload([])).toBe("");
  });
});

describe("decodePayload", () => {
  it("splits at U+001E", () => {
    expect(decodePayload("4a\x1ebAQIDBA==\x1e6")).toEqual([
      { type: "message", data: "a" },
      { type: "message", data: Uint8Array.of(1, 2, 3, 4) },
      { type: "noop", data: undefined },
    ]);
  });

  it.each(["", "\x1e", "4a\x1e", "\x1e4a", "4a\x1e\x1e4b"])(
    "refuses the empty packet in %o",
    (body) => {
      expect(() => decodePayload(body)).toThrow(protocolError("ENGINE_PACKET_EMPTY"));
    },
  );

  it("refuses unknown types and invalid base64 anywhere", () => {
    expect(() => decodePayload("4a\x1e7\x1e4b")).toThrow(protocolError("ENGINE_PACKET_TYPE"));
    expect(() => decodePayload("4a\x1ebAQI")).toThrow(protocolError("BASE64_INVALID"));
  });

  it("takes as many packets as the limit says, and no more", () => {
    const limits = { payloadPacketsMax: 3 };
    expect(decodePayload("6\x1e6\x1e6", limits)).toHaveLength(3);
    expect(() => decodePayload("6\x1e6\x1e6\x1e6", limits)).toThrow(
      protocolError("PAYLOAD_PACKETS_TOO_MANY"),
    );
    // The limit speaks before the next packet is even looked at.
    expect(() => decodePayload("6\x1e6\x1e6\x1e", limits)).toThrow(
      protocolError("PAYLOAD_PACKETS_TOO_MANY"),
    );
  });

  it("uses the given base64", () => {
    const data = Uint8Array.of(9);
    const b64 = { encode: () => "", decode: () => data };
    expect(decodePayload("bxx", undefined, b64)[0]!.data).toBe(data);
  });
});

describe("against npm engine.io-parser", () => {
  it("writes and reads the same for any packets", () => {
    fc.assert(
      fc.property(fc.array(enginePacket, { minLength: 1, maxLength: 8 }), (packets) => {
        const body = encodePayload(packets);
        let theirs = "";
        peer.encodePayload(packets, (encoded) => (theirs = encoded));
        expect(body).toBe(theirs);
        expect(plain(decodePayload(body))).toEqual(plain(packets));
        expect(plain(decodePayload(body))).toEqual(plain(peer.decodePayload(body)));
      }),
    );
  });
});

describe("garbage", () => {
  it("ends in a ProtocolError and in nothing else", () => {
    const unit = fc.oneof(
      fc.constantFrom("\x1e", "4", "b", "A", "=", "6"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const error = thrownBy(() => decodePayload(units.join("")));
        expect(error === undefined || isPeersFault(error)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

function plain(packets: readonly { type: string; data?: unknown }[]): unknown {
  return packets.map(({ type, data }) => ({ type, data: withPlainBytes(data) }));
}
