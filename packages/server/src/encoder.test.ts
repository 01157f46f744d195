import { PacketType } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { Encoder, outgoingOf } from "./encoder.ts";

describe("Encoder", () => {
  const encoder = new Encoder();

  it("puts the engine's type digit before the packet", () => {
    const packet = { type: PacketType.EVENT, nsp: "/chat", data: ["hi", 1] };
    expect(encoder.toOutgoing(packet).packet).toBe('42/chat,["hi",1]');
  });

  it("gives adapters an array that carries its message", () => {
    const bytes = Buffer.from("abc");
    const encoded = encoder.encode({ type: PacketType.EVENT, nsp: "/", data: ["hi", bytes] });
    expect(encoded).toEqual(['51-["hi",{"_placeholder":true,"num":0}]', bytes]);
    expect(outgoingOf(encoded)).toBe(outgoingOf(encoded));
  });

  it("understands an array that an adapter made itself", () => {
    const outgoing = outgoingOf(['51-["hi",{"_placeholder":true,"num":0}]', Buffer.from("abc")]);
    expect(outgoing.packet).toBe('451-["hi",{"_placeholder":true,"num":0}]');
    expect(outgoing.attachments).toHaveLength(1);
  });

  it("does not give a message the compression of another", () => {
    const encoded = encoder.encode({ type: PacketType.EVENT, nsp: "/", data: ["hi"] });
    expect(outgoingOf(encoded, false).compress).toBe(false);
    expect(outgoingOf(encoded, true).compress).toBe(true);
  });
});
