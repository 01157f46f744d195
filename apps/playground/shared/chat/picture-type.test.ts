import { describe, expect, it } from "vitest";
import { pictureTypeOf } from "./picture-type.ts";

function bytes(...parts: (string | number)[]): Uint8Array {
  const codes = parts.flatMap((part) =>
    typeof part === "number" ? [part] : Array.from(part, (c) => c.charCodeAt(0)),
  );
  return Uint8Array.from(codes);
}

describe("pictureTypeOf", () => {
  it.each([
    ["image/png", bytes(0x89, "PNG\r\n", 0x1a, "\n....")],
    ["image/jpeg", bytes(0xff, 0xd8, 0xff, 0xe0)],
    ["image/gif", bytes("GIF87a..")],
    ["image/gif", bytes("GIF89a..")],
    ["image/webp", bytes("RIFF....WEBPVP8 ")],
    ["image/avif", bytes(0, 0, 0, 28, "ftypavif....")],
  ])("knows %s", (type, head) => {
    expect(pictureTypeOf(head)).toBe(type);
  });

  it.each([
    ["nothing", bytes()],
    ["half a head", bytes(0x89, "PN")],
    ["SVG, which is a document", bytes("<svg xmlns=")],
    ["HTML", bytes("<!doctype html>")],
    ["sound in the same box as WebP", bytes("RIFF....WAVEfmt ")],
    ["a film in the same box as AVIF", bytes(0, 0, 0, 28, "ftypisom....")],
  ])("refuses %s", (_, head) => {
    expect(pictureTypeOf(head)).toBeUndefined();
  });
});
