import { describe, expect, it } from "vitest";
import { frameBinary, frameText } from "@hawser/websocket/internal";
import { Outgoing } from "./outgoing.ts";

class Sink {
  readonly calls: [kind: string, data: string | Uint8Array][] = [];

  sendText(text: string): void {
    this.calls.push(["text", text]);
  }

  sendBinary(data: Uint8Array): void {
    this.calls.push(["binary", data]);
  }

  sendShared(_first: number, frame: Uint8Array): void {
    this.calls.push(["frames", frame]);
  }
}

describe("Outgoing", () => {
  it("gives the first taker the text itself, and every other the same frames", () => {
    const message = new Outgoing('42["hello"]');
    const sinks = [new Sink(), new Sink(), new Sink()];
    for (const sink of sinks) message.writeTo(sink);
    expect(sinks[0]?.calls).toEqual([["text", '42["hello"]']]);
    expect(sinks[1]?.calls).toEqual([["frames", frameText('42["hello"]')]]);
    expect(sinks[2]?.calls[0]?.[1]).toBe(sinks[1]?.calls[0]?.[1]);
  });

  it("keeps text and attachments in order", () => {
    const message = new Outgoing("451-[]", [Uint8Array.of(1), Uint8Array.of(2, 3)]);
    const [first, second] = [new Sink(), new Sink()];
    message.writeTo(first);
    message.writeTo(second);
    expect(first.calls).toEqual([
      ["text", "451-[]"],
      ["binary", Uint8Array.of(1)],
      ["binary", Uint8Array.of(2, 3)],
    ]);
    expect(second.calls).toEqual([
      ["frames", frameText("451-[]")],
      ["frames", frameBinary(Uint8Array.of(1))],
      ["frames", frameBinary(Uint8Array.of(2, 3))],
    ]);
  });

  it("writes the polling form, and keeps it where it has base64", () => {
    expect(new Outgoing("4hello").pollingText).toBe("4hello");
    expect(new Outgoing(undefined, [Uint8Array.of(1, 2, 3, 4)]).pollingText).toBe("bAQIDBA==");
    const both = new Outgoing("451-[]", [Uint8Array.of(255)]);
    expect(both.pollingText).toBe("451-[]\x1eb/w==");
    expect(new Outgoing("451-[]", [Buffer.from("xyz").subarray(1, 2)]).pollingText).toBe(
      "451-[]\x1ebeQ==",
    );
  });

  it("knows about how much it keeps waiting", () => {
    expect(new Outgoing("4hello", [new Uint8Array(10), new Uint8Array(5)]).size).toBe(21);
    expect(new Outgoing(undefined, [new Uint8Array(3)]).size).toBe(3);
  });
});
