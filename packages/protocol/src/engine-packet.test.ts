import * as peer from "engine.io-parser";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { enginePacket } from "../testing/arbitraries.ts";
import { protocolError, thrownBy } from "../testing/expect-error.ts";
import { mutate, randomSource, withPlainBytes } from "../testing/wire.ts";
import { base64 } from "./base64.ts";
import type { EnginePacket, EnginePacketType } from "./engine-packet.ts";
import {
  decodeEnginePacket,
  encodeEnginePacket,
  encodeEnginePacketAsText,
} from "./engine-packet.ts";
import { ProtocolError } from "./errors.ts";

const digits: [EnginePacketType, string][] = [
  ["open", "0"],
  ["close", "1"],
  ["ping", "2"],
  ["pong", "3"],
  ["message", "4"],
  ["upgrade", "5"],
  ["noop", "6"],
];

describe("encodeEnginePacket", () => {
  it.each(digits)("%s is %s", (type, digit) => {
    expect(encodeEnginePacket({ type })).toBe(digit);
    expect(encodeEnginePacket({ type, data: "x€" })).toBe(`${digit}x€`);
    expect(encodeEnginePacketAsText({ type, data: "x€" })).toBe(`${digit}x€`);
  });

  it("passes bytes of a message through, without a copy", () => {
    const data = Buffer.from([1, 2, 3]);
    expect(encodeEnginePacket({ type: "message", data })).toBe(data);
    expect(encodeEnginePacketAsText({ type: "message", data })).toBe("bAQID");
  });

  it("uses the given base64", () => {
    const b64 = { encode: () => "mine", decode: () => new Uint8Array() };
    expect(encodeEnginePacketAsText({ type: "message", data: new Uint8Array(1) }, b64)).toBe(
      "bmine",
    );
  });

  it("refuses what only a developer can get wrong", () => {
    const binaryPing = thrownBy(() => encodeEnginePacket({ type: "ping", data: new Uint8Array() }));
    expect(binaryPing).toMatchObject({ code: "ENGINE_BINARY_TYPE", fault: "developer" });
    const type = "constructor" as EnginePacketType;
    expect(thrownBy(() => encodeEnginePacket({ type }))).toBeInstanceOf(ProtocolError);
  });
});

describe("decodeEnginePacket", () => {
  it.each(digits)("%s is %s", (type, digit) => {
    expect(decodeEnginePacket(digit)).toEqual({ type, data: undefined });
    expect(decodeEnginePacket(`${digit}probe`)).toEqual({ type, data: "probe" });
  });

  it("takes bytes as a message, without a copy", () => {
    const data = Buffer.from([0x34]);
    expect(decodeEnginePacket(data)).toEqual({ type: "message", data });
    expect(decodeEnginePacket(data).data).toBe(data);
  });

  it("takes b as base64 only when told", () => {
    expect(decodeEnginePacket("bAQID", base64)).toEqual({
      type: "message",
      data: Uint8Array.of(1, 2, 3),
    });
    expect(() => decodeEnginePacket("bAQID")).toThrow(protocolError("ENGINE_PACKET_TYPE"));
    expect(() => decodeEnginePacket("bAQI", base64)).toThrow(protocolError("BASE64_INVALID"));
  });

  it("refuses nothing at all", () => {
    expect(() => decodeEnginePacket("")).toThrow(protocolError("ENGINE_PACKET_EMPTY"));
  });

  it.each(["7", "9", "/", ":", "a", "-1", " 4", "\u0664", "\u0134", "__proto__", "constructor"])(
    "refuses %o",
    (text) => {
      expect(() => decodeEnginePacket(text)).toThrow(protocolError("ENGINE_PACKET_TYPE"));
    },
  );
});

describe("against npm engine.io-parser", () => {
  it("writes the same and reads the same, for any packet", () => {
    fc.assert(
      fc.property(enginePacket, (packet) => {
        const text = encodeEnginePacketAsText(packet);
        expect(text).toBe(peerText(packet));
        expect(plain(decodeEnginePacket(text, base64))).toEqual(plain(peer.decodePacket(text)));
        expect(plain(decodeEnginePacket(text, base64))).toEqual(plain(packet));
        const wire = encodeEnginePacket(packet);
        expect(plain(decodeEnginePacket(wire))).toEqual(plain(packet));
      }),
    );
  });

  it("gives the same verdict on mutated packets, but is strict about base64", () => {
    const random = randomSource(4);
    const seeds = ["4hello", "2probe", "0{}", "bAQIDBA==", "6", "42[1]"];
    const texts = Array.from({ length: 5_000 }, () => mutate(seeds[random(seeds.length)]!, random));
    const compared = texts.filter((text) => verdict(text) !== "BASE64_INVALID");
    expect(compared.length).toBeGreaterThan(4_000);
    expect(compared.map(verdict)).toEqual(compared.map(peerVerdict));
  });
});

function verdict(text: string): unknown {
  try {
    return plain(decodeEnginePacket(text, base64));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.code === "BASE64_INVALID" ? error.code : "refused";
  }
}

function peerVerdict(text: string): unknown {
  const packet = peer.decodePacket(text);
  return packet.type === "error" ? "refused" : plain(packet);
}

function peerText(packet: EnginePacket): string {
  let text = "";
  peer.encodePacket(packet, false, (encoded) => (text = encoded as string));
  return text;
}

function plain(packet: { type: string; data?: unknown }): unknown {
  return { type: packet.type, data: withPlainBytes(packet.data) };
}
