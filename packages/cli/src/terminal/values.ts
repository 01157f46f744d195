import { isUtf8 } from "node:buffer";
import { CliError } from "../errors.ts";

/** A value of the wire as JSON: bytes become `{"$base64":"…"}`, as in the plain dialect. */
export function toJson(value: unknown): string {
  return JSON.stringify(withoutBytes(value)) ?? "null";
}

/** The same as plain data. */
export function withoutBytes(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return { $base64: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
  }
  if (value instanceof ArrayBuffer) return { $base64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map((it) => withoutBytes(it));
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, withoutBytes(it)]));
}

/** The way back: `{"$base64":"…"}` becomes bytes. */
export function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((it) => withBytes(it));
  if (typeof value !== "object" || value === null) return value;
  const { $base64, ...others } = value as Record<string, unknown>;
  if (typeof $base64 === "string" && Object.keys(others).length === 0) {
    return Buffer.from($base64, "base64");
  }
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, withBytes(it)]));
}

/** A value for people: JSON, with bytes as their number and first values. */
export function forPeople(value: unknown): string {
  const names: string[] = [];
  const text = JSON.stringify(withNames(value, names)) ?? "undefined";
  // A mark is the text of a private character and a number, which JSON leaves as it is.
  return names.length === 0
    ? text
    : text.replaceAll(/"\ue000(\d+)"/g, (mark, index: string) => names[Number(index)] ?? mark);
}

function withNames(value: unknown, names: string[]): unknown {
  if (value instanceof ArrayBuffer) return withNames(new Uint8Array(value), names);
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    names.push(nameOf(Buffer.from(buffer, byteOffset, byteLength)));
    return `\ue000${names.length - 1}`;
  }
  if (Array.isArray(value)) return value.map((it) => withNames(it, names));
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, withNames(it, names)]));
}

const namedBytes = 8;

function nameOf(bytes: Buffer): string {
  const shown = bytes
    .subarray(0, namedBytes)
    .toString("hex")
    .replaceAll(/(..)(?=.)/g, "$1 ");
  const more = bytes.length > namedBytes ? " …" : "";
  return `<${bytes.length} B${shown === "" ? "" : `: ${shown}${more}`}>`;
}

/** What a terminal may be shown: no control characters, which could move its cursor or change its title. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (it) =>
    it === "\n" || it === "\t" ? it : `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Text when the bytes are text, else undefined. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : undefined;
}

/** The JSON object of an option. @throws CliError that names the option and the place */
export function objectOption(name: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError("usage", `${name} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new CliError("usage", `${name} is to be a JSON object such as {"token":"…"}`);
}
