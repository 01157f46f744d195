import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { thrownBy } from "../../testing/expect-error.ts";
import { plainCloses, plainCloseReason } from "./closes.ts";
import type { PlainCloseName } from "./closes.ts";
import type { PlainSaid } from "./decoder.ts";
import { PlainDecoder } from "./decoder.ts";
import { encodePlain } from "./encoder.ts";
import type { PlainError } from "./errors.ts";
import { plainErrors } from "./errors.ts";
import { fieldsOf } from "./fields.ts";
import type { PlainMessage } from "./message.ts";
import { decodePlainMsgpack, encodePlainMsgpack } from "./msgpack/codec.ts";

interface Hex {
  $hex: string;
}
interface Vector {
  name: string;
  fields: unknown;
  json?: string;
  frames?: string[];
  base64?: string;
  msgpack?: string;
  read?: boolean;
}
interface ErrorVector {
  name: string;
  json?: string;
  frame?: string;
  msgpack?: string;
  before?: (string | Hex)[];
  inline?: boolean;
  error: unknown;
}

const docs = new URL("../../../../docs/protocol/", import.meta.url);
const page = readFileSync(new URL("plain.md", docs), "utf8");
const vectors = JSON.parse(readFileSync(new URL("plain-vectors.json", docs), "utf8")) as {
  requests: Vector[];
  replies: Vector[];
  errors: ErrorVector[];
  closes: unknown;
};

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A message as the vectors show it. */
function shown(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $hex: hexOf(value) };
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, shown(item)]),
  );
}

function readJson(
  from: keyof PlainSaid,
  text: string,
  frames: string[],
  inline = false,
): PlainMessage {
  const decoder = new PlainDecoder(from);
  decoder.inline = inline;
  let message = decoder.decodeText(text);
  for (const frame of frames) {
    expect(message).toBeUndefined();
    message = decoder.decodeBinary(bytesOf(frame));
  }
  return message!;
}

describe.each([
  ["client", vectors.requests],
  ["server", vectors.replies],
] as const)("vectors of what a %s says", (from, list) => {
  it.each(list.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const { fields, json, frames = [], base64 = json, msgpack } = vector;
    if (json !== undefined) {
      const message = readJson(from, json, frames);
      expect(shown(fieldsOf(message))).toEqual(fields);
      expect(
        shown(
          fieldsOf(
            readJson(from, vector.read ? json : base64!, vector.read ? frames : [], !vector.read),
          ),
        ),
      ).toEqual(fields);
      if (vector.read !== true) {
        const encoded = encodePlain(message);
        expect(encoded.text).toBe(json);
        expect(encoded.attachments.map(hexOf)).toEqual(frames);
        expect(encodePlain(message, true).text).toBe(base64);
      }
    }
    if (msgpack !== undefined) {
      const message = decodePlainMsgpack<"client" | "server">(bytesOf(msgpack), from);
      expect(shown(fieldsOf(message))).toEqual(fields);
      if (vector.read !== true) expect(hexOf(encodePlainMsgpack(message))).toBe(msgpack);
    }
  });
});

describe("vectors of errors", () => {
  it.each(vectors.errors.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const { json, frame, msgpack, before = [], inline = false } = vector;
    const decoder = new PlainDecoder();
    decoder.inline = inline;
    for (const each of before) {
      if (typeof each === "string") decoder.decodeText(each);
      else decoder.decodeBinary(bytesOf(each.$hex));
    }
    const error = thrownBy(() => {
      if (json !== undefined) decoder.decodeText(json);
      else if (frame !== undefined) decoder.decodeBinary(bytesOf(frame));
      else decodePlainMsgpack(bytesOf(msgpack!));
    }) as PlainError;
    expect(error.name).toBe("PlainError");
    const { code, at, id, namespace } = error;
    expect(shown({ code, at, id, namespace })).toEqual(vector.error);
  });

  it("are there for each code that a message can have", () => {
    const covered = new Set(vectors.errors.map(({ error }) => (error as { code: string }).code));
    const thrown = Object.keys(plainErrors).slice(0, Object.keys(plainErrors).indexOf("REFUSED"));
    expect([...covered].toSorted()).toEqual(
      thrown.filter((code) => code !== "MESSAGE_TOO_LARGE").toSorted(),
    );
  });
});

describe("the page", () => {
  const examples = [...page.matchAll(/^([CS]): (\{.*\})$/gm)];

  it.each(examples.map(([, side, text]) => [side!, text!] as const))("%s: %s", (side, text) => {
    const decoder = new PlainDecoder(side === "C" ? "client" : "server");
    if (text.includes('"date"')) {
      expect(thrownBy(() => decoder.decodeText(text))).toMatchObject({ at: "/date", id: 4 });
      return;
    }
    const isInline = text.includes('"$base64"');
    decoder.inline = isInline;
    let message: PlainMessage | undefined = decoder.decodeText(text);
    while (message === undefined) message = decoder.decodeBinary(new Uint8Array(1));
    expect(
      Object.keys(JSON.parse(encodePlain(message, isInline).text) as object).toSorted(),
    ).toEqual(Object.keys(JSON.parse(text) as object).toSorted());
  });

  it("has all errors", () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, code, text]) => [
      code,
      text,
    ]);
    expect(rows).toEqual(Object.entries(plainErrors));
  });

  it("has all closes, as the vectors do", () => {
    const rows = [...page.matchAll(/^\| (\d{4}) \| `(\w+)` \| (no|\d+ ms) \| (.*) \|$/gm)].map(
      ([, code, name, retry, text]) => [
        name,
        { code: Number(code), retry: retry === "no" ? false : Number.parseInt(retry!, 10), text },
      ],
    );
    expect(rows).toEqual(Object.entries(plainCloses));
    expect(vectors.closes).toEqual(plainCloses);
    for (const name of Object.keys(plainCloses) as PlainCloseName[]) {
      const reason = plainCloseReason(name);
      expect(JSON.parse(reason)).toEqual({ code: name, retry: plainCloses[name].retry });
      expect(reason.length).toBeLessThanOrEqual(123);
    }
  });
});
