import type { Result } from "./acceptance.ts";

/** An answer as a state of the log: its attachments in base64, one a line, behind the text. */
export function resultToText(result: Result): string {
  const lines = result.attachments.map((bytes) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  );
  // JSON has no line breaks of its own here.
  return [result.text, ...lines].join("\n");
}

export function resultFromText(text: string): Result {
  const [json, ...lines] = text.split("\n");
  return { text: json!, attachments: lines.map((line) => Buffer.from(line, "base64")) };
}
