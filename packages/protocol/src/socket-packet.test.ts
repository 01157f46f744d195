import { describe, expect, it } from "vitest";
import { protocolError } from "../testing/expect-error.ts";
import type { ProtocolErrorCode } from "./errors.ts";
import { PacketType, checkPacketData, plainType, reservedEvents } from "./socket-packet.ts";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK } = PacketType;

const valid: [PacketType, unknown][] = [
  [CONNECT, undefined],
  [CONNECT, {}],
  [DISCONNECT, undefined],
  [CONNECT_ERROR, "no"],
  [CONNECT_ERROR, { message: "no" }],
  [EVENT, ["name"]],
  [EVENT, [""]],
  [EVENT, [7, null]],
  [EVENT, ["connected"]],
  [EVENT, ["constructor"]],
  [ACK, []],
  [ACK, ["connect"]],
];

const invalid: [PacketType, unknown, ProtocolErrorCode][] = [
  [CONNECT, null, "PACKET_DATA"],
  [CONNECT, [], "PACKET_DATA"],
  [CONNECT, "x", "PACKET_DATA"],
  [DISCONNECT, {}, "PACKET_DATA"],
  [DISCONNECT, null, "PACKET_DATA"],
  [CONNECT_ERROR, undefined, "PACKET_DATA"],
  [CONNECT_ERROR, null, "PACKET_DATA"],
  [CONNECT_ERROR, [], "PACKET_DATA"],
  [CONNECT_ERROR, 1, "PACKET_DATA"],
  [EVENT, undefined, "PACKET_DATA"],
  [EVENT, null, "PACKET_DATA"],
  [EVENT, [], "PACKET_DATA"],
  [EVENT, {}, "PACKET_DATA"],
  [EVENT, { 0: "name", length: 1 }, "PACKET_DATA"],
  [EVENT, "name", "PACKET_DATA"],
  [EVENT, [null], "EVENT_NAME"],
  [EVENT, [true], "EVENT_NAME"],
  [EVENT, [["name"]], "EVENT_NAME"],
  [EVENT, [{ toString: "name" }], "EVENT_NAME"],
  [EVENT, ["connect"], "EVENT_RESERVED"],
  [ACK, undefined, "PACKET_DATA"],
  [ACK, {}, "PACKET_DATA"],
  [ACK, "x", "PACKET_DATA"],
  [9 as PacketType, undefined, "PACKET_DATA"],
];

describe("checkPacketData", () => {
  it.each(valid)("type %d with %j is valid", (type, data) => {
    expect(() => checkPacketData(type, data)).not.toThrow();
  });

  it.each(invalid)("type %d with %j is not: %s", (type, data, code) => {
    expect(() => checkPacketData(type, data)).toThrow(protocolError(code));
  });

  it.each([...reservedEvents])("refuses the reserved name %s", (name) => {
    expect(() => checkPacketData(EVENT, [name])).toThrow(protocolError("EVENT_RESERVED"));
    expect(() => checkPacketData(BINARY_EVENT, [name, 1])).toThrow(protocolError("EVENT_RESERVED"));
  });

  it("takes the binary types for their plain ones", () => {
    expect(() => checkPacketData(BINARY_ACK, [])).not.toThrow();
    expect(() => checkPacketData(BINARY_ACK, {})).toThrow(protocolError("PACKET_DATA"));
    const types = [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK];
    expect(types.map(plainType)).toEqual([0, 1, 2, 3, 4, 2, 3]);
  });
});

describe("reservedEvents", () => {
  it("are the six of Socket.IO", () => {
    expect([...reservedEvents].sort()).toEqual([
      "connect",
      "connect_error",
      "disconnect",
      "disconnecting",
      "newListener",
      "removeListener",
    ]);
  });
});
