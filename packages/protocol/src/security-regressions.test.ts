import { afterEach, describe, expect, it } from "vitest";
import { leastGrowthOf, linearGrowthMax } from "../testing/growth.ts";
import { protocolError, thrownBy } from "../testing/expect-error.ts";
import { decodeAll } from "../testing/wire.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket } from "./socket-encoder.ts";
import { PacketType, reservedEvents } from "./socket-packet.ts";

// One block for each published advisory or hardening fix of a peer that concerns the wire formats.

const decode = (text: string) => new SocketDecoder().decodeText(text);

describe("CVE-2022-2421: the index of a placeholder was not checked", () => {
  const indices = ["1", "-1", "0.5", '"0"', '"splice"', '"__proto__"', "null", "[0]", "{}", "true"];

  it.each(indices)("num %s is refused", (num) => {
    const text = `51-["a",{"_placeholder":true,"num":${num}}]`;
    expect(() => decode(text)).toThrow(protocolError("ATTACHMENTS_ILLEGAL"));
  });

  it("only a binary packet has its placeholders replaced", () => {
    const data = ["a", { _placeholder: true, num: "splice" }];
    expect(decode(`2${JSON.stringify(data)}`)).toMatchObject({ data });
  });
});

describe("CVE-2023-32695: an event name that is not a string", () => {
  const names = ['{"toString":"foo"}', '{"toString":null}', "[]", "null", "true", "false"];

  it.each(names)("%s is refused", (name) => {
    expect(() => decode(`2[${name},1]`)).toThrow(protocolError("EVENT_NAME"));
    expect(() => decode(`51-[${name},1]`)).toThrow(protocolError("EVENT_NAME"));
  });

  it.each([...reservedEvents])("the reserved name %s is refused", (name) => {
    expect(() => decode(`2["${name}"]`)).toThrow(protocolError("EVENT_RESERVED"));
    expect(() => decode(`2/x,7["${name}",1]`)).toThrow(protocolError("EVENT_RESERVED"));
    expect(() => decode(`51-["${name}"]`)).toThrow(protocolError("EVENT_RESERVED"));
    expect(() => decode(`2["${name.replace("c", String.raw`\u0063`)}"]`)).toThrow(
      protocolError("EVENT_RESERVED"),
    );
  });
});

describe("CVE-2026-33151: unbounded count of attachments", () => {
  it("is capped by default, well above what users need", () => {
    expect(decode('5100-["a"]')).toBeUndefined();
    expect(() => decode('51001-["a"]')).toThrow(protocolError("ATTACHMENTS_TOO_MANY"));
  });

  it("the cap is an option, and the error says what it is", () => {
    const decoder = new SocketDecoder({ attachmentsMax: 3 });
    const error = thrownBy(() => decoder.decodeText('54-["a"]'));
    expect((error as Error).message).toBe("Too many attachments: more than 3");
  });

  it("an absurd count allocates nothing and is refused", () => {
    expect(() => decode('59007199254740991-["a"]')).toThrow(protocolError("ATTACHMENTS_TOO_MANY"));
    expect(() => decode(`5${"9".repeat(400)}-["a"]`)).toThrow(protocolError("ATTACHMENTS_ILLEGAL"));
  });
});

describe("CVE-2026-69185: memory held by a packet that waits for attachments", () => {
  it("is bounded in bytes, and let go at the bound", () => {
    const decoder = new SocketDecoder({ packetBytesMax: 1_000 });
    decoder.decodeText('5100-["a"]');
    let held = 0;
    const send = () => {
      for (let i = 0; i < 100; i++) {
        decoder.decodeBinary(new Uint8Array(90));
        held = Math.max(held, decoder.pendingBytes);
      }
    };
    expect(send).toThrow(protocolError("PACKET_TOO_LARGE"));
    expect(held).toBeLessThanOrEqual(1_000);
    expect(decoder.pendingBytes).toBe(0);
  });

  it("has a bound by default", () => {
    const decoder = new SocketDecoder();
    decoder.decodeText('51000-["a"]');
    const megabyte = new Uint8Array(1_000_000);
    const send = () => {
      for (let i = 0; i < 11; i++) decoder.decodeBinary(megabyte);
    };
    expect(send).toThrow(protocolError("PACKET_TOO_LARGE"));
  });

  it("is visible to the owner's clock, and let go by reset", () => {
    const decoder = new SocketDecoder();
    decoder.decodeText('52-["a"]');
    decoder.decodeBinary(new Uint8Array(10));
    expect(decoder).toMatchObject({ pending: true, pendingBytes: 18 });
    decoder.reset();
    expect(decoder).toMatchObject({ pending: false, pendingBytes: 0 });
  });

  it("nothing is awaited for a packet that is wrong already", () => {
    const decoder = new SocketDecoder();
    const wrong = ['51-["connect"]', "51-{}", '51-["a",{"_placeholder":true,"num":5}]', '61-["a"]'];
    for (const text of wrong) thrownBy(() => decoder.decodeText(text));
    expect(decoder.pending).toBe(false);
  });
});

describe("CVE-2020-36049: decoding was quadratic", () => {
  it("the cost grows as the packet does, at 1, 10 and 100 times the size", () => {
    const growth = leastGrowthOf(1_000, (n) => {
      const text = `2/${"n".repeat(n)},1["a","${"x".repeat(n)}"${",[1]".repeat(n)}]`;
      return () => decode(text);
    });
    expect(growth.hundredfold, `${growth.costsMicros.join(", ")} µs`).toBeLessThan(linearGrowthMax);
  });
});

describe("hasOwn: lookups went through the prototype chain", () => {
  const polluted = Object.prototype as { _placeholder?: unknown; num?: unknown; more?: unknown };

  afterEach(() => {
    delete polluted._placeholder;
    delete polluted.num;
    delete polluted.more;
  });

  it("an inherited _placeholder or num counts for nothing", () => {
    polluted._placeholder = true;
    polluted.num = 0;
    const bytes = new Uint8Array(1);
    expect(decodeAll('51-["a",{"x":1}]', [bytes]).data).toEqual(["a", { x: 1 }]);
    expect(() => decode('51-["a",{"_placeholder":true}]')).toThrow(
      protocolError("ATTACHMENTS_ILLEGAL"),
    );
  });

  it("an inherited object that looks like a placeholder is not filled", () => {
    polluted.more = { _placeholder: true, num: 0 };
    const { data } = decodeAll('51-["a",{"x":1}]', [new Uint8Array(1)]);
    expect(Object.keys((data as [string, object])[1])).toEqual(["x"]);
  });

  it("__proto__ in JSON is a key like any other, on the way in and out", () => {
    const text = '2["a",{"__proto__":{"isAdmin":true}}]';
    const { data } = decode(text)!;
    const argument = (data as [string, { isAdmin?: boolean }])[1];
    expect(argument.isAdmin).toBeUndefined();
    expect(Object.getPrototypeOf(argument)).toBe(Object.prototype);
    expect(encodeSocketPacket({ type: PacketType.EVENT, nsp: "/", data }).text).toBe(text);
  });

  it("__proto__ that holds binary is one too", () => {
    const bytes = Buffer.from("x");
    const text = '51-["a",{"__proto__":{"_placeholder":true,"num":0}}]';
    const packet = decodeAll(text, [bytes]);
    const argument = (packet.data as [string, object])[1];
    expect(Object.getPrototypeOf(argument)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(argument, "__proto__")!.value).toBe(bytes);
    expect(encodeSocketPacket(packet)).toEqual({ text, attachments: [bytes] });
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "%s may be the name of an event, and is nothing but a name",
    (name) => {
      expect(decode(`2["${name}"]`)).toMatchObject({ data: [name] });
    },
  );
});

describe("JSON bombs by depth", () => {
  it("are refused before a handler could echo them into a stack overflow", () => {
    const bomb = (depth: number) => `2["a",${"[".repeat(depth)}${"]".repeat(depth)}]`;
    expect(() => decode(bomb(400_000))).toThrow(protocolError("JSON_TOO_DEEP"));
    expect(() => decode(bomb(1_000))).toThrow(protocolError("JSON_TOO_DEEP"));
    const { data } = decode(bomb(999))!;
    expect(encodeSocketPacket({ type: PacketType.EVENT, nsp: "/", data }).text).toBe(bomb(999));
  });
});
