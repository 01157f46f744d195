import { describe, expect, it } from "vitest";
import { growthOf, leastGrowthOf, linearGrowthMax } from "../testing/growth.ts";
import { thrownBy } from "../testing/expect-error.ts";
import { base64, strictBase64 } from "./base64.ts";
import { decodePayload, encodePayload } from "./engine-payload.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket } from "./socket-encoder.ts";
import { PacketType } from "./socket-packet.ts";
import { utf8Length } from "./utf8.ts";

const unlimited = {
  packetBytesMax: Infinity,
  attachmentsMax: Infinity,
  payloadPacketsMax: Infinity,
};
const size = 1_000;

// Each is a text of n times something: valid ones, and those meant to make a reader go back.
const hostileTexts: Record<string, (n: number) => string> = {
  "one long string": (n) => `2["a","${"x".repeat(n)}"]`,
  "one long string beyond latin1": (n) => `2["a","${"€".repeat(n)}"]`,
  "many short strings": (n) => `2["a"${',"x"'.repeat(n)}]`,
  "many lists": (n) => `2["a"${",[]".repeat(n)}]`,
  "many objects": (n) => `2["a"${',{"k":1}'.repeat(n)}]`,
  "nested lists": (n) => `2${"[".repeat(n)}${"]".repeat(n)}`,
  "lists that are never closed": (n) => `2${"[".repeat(n)}`,
  "escaped quotes": (n) => `2["${String.raw`\"`.repeat(n)}"${",[]".repeat(1_000)}]`,
  backslashes: (n) => `2["${"\\\\".repeat(n)}"${",[]".repeat(1_000)}]`,
  "backslashes that escape the end": (n) => `2["${"\\".repeat(2 * n + 1)}"${",[]".repeat(1_000)}]`,
  "an unfinished string": (n) => `2[${"[],".repeat(1_000)}"${"x".repeat(n)}`,
  "a long acknowledgement id": (n) => `2${"1".repeat(n)}["a"]`,
  "a long count of attachments": (n) => `5${"1".repeat(n)}-["a"]`,
  "a long namespace without its end": (n) => `2/${"a".repeat(n)}`,
  "a long query": (n) => `0/a?${"?&=".repeat(n)},`,
  "many placeholders": (n) => `51-["a"${',{"_placeholder":true,"num":0}'.repeat(n)}]`,
  // A tenth of the size: beyond that the engine's own tables outgrow the caches.
  "a wide object with a placeholder at its end": (n) =>
    `51-["a",{${Array.from({ length: n / 10 }, (_, i) => `"k${i}":[]`).join()},"b":{"_placeholder":true,"num":0}}]`,
};

describe("decodeText is linear in", () => {
  it.each(Object.entries(hostileTexts))("%s", (_, make) => {
    const growth = leastGrowthOf(size, (n) => {
      const text = make(n);
      return () => {
        const decoder = new SocketDecoder(unlimited);
        // Whether it is refused is tested elsewhere; here only what it costs.
        thrownBy(() => decoder.decodeText(text) ?? decoder.decodeBinary(new Uint8Array(1)));
      };
    });
    expect(growth.hundredfold, `${growth.costsMicros.join(", ")} µs`).toBeLessThan(linearGrowthMax);
  });
});

describe("the rest is linear in its input:", () => {
  const overBuffer = strictBase64({
    encode: (bytes) => Buffer.from(bytes).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  });
  const chunk = new Uint8Array(1);

  const works: Record<string, (n: number) => () => unknown> = {
    "attachments, one by one": (n) => () => {
      const decoder = new SocketDecoder(unlimited);
      decoder.decodeText(`5${n}-["a"]`);
      for (let i = 0; i < n; i++) decoder.decodeBinary(chunk);
    },
    "polling body of small packets": (n) => {
      const body = `6${"\x1e6".repeat(n)}`;
      return () => decodePayload(body, unlimited);
    },
    "polling body of small binary packets": (n) => {
      const packets = Array.from({ length: n }, () => ({ type: "message", data: chunk }) as const);
      return () => decodePayload(encodePayload(packets), unlimited);
    },
    base64: (n) => () => base64.decode(base64.encode(new Uint8Array(10 * n))),
    "base64 over Buffer": (n) => () => overBuffer.decode(overBuffer.encode(new Uint8Array(10 * n))),
    "length in UTF-8": (n) => {
      const text = "a€😀\ud800".repeat(n);
      return () => utf8Length(text);
    },
    "event of many objects": (n) => {
      const data = ["a", Array.from({ length: n }, (_, i) => ({ i }))];
      return () => encodeSocketPacket({ type: PacketType.EVENT, nsp: "/", data });
    },
    "event of many binaries": (n) => {
      const data = ["a", Array.from({ length: n }, () => ({ chunk }))];
      return () => encodeSocketPacket({ type: PacketType.EVENT, nsp: "/", data });
    },
    "event of many binaries at a depth where circles are looked for": (n) => {
      let data: unknown[] = Array.from({ length: n / 5 }, () => ({ deep: [chunk] }));
      for (let depth = 0; depth < 500; depth++) data = [data];
      return () => encodeSocketPacket({ type: PacketType.EVENT, nsp: "/", data });
    },
  };

  it.each(Object.entries(works))("%s", (_, prepare) => {
    const growth = leastGrowthOf(size, prepare);
    expect(growth.hundredfold, `${growth.costsMicros.join(", ")} µs`).toBeLessThan(linearGrowthMax);
  });
});

describe("the measure itself", () => {
  it("sees quadratic work", () => {
    const growth = growthOf(100, (n) => () => {
      let count = 0;
      for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) count += (i ^ k) & 1;
      return count;
    });
    expect(growth.hundredfold).toBeGreaterThan(linearGrowthMax);
  });
});
