import type { EnginePacket } from "@hawser/protocol";
import type { Outgoing } from "../outgoing.ts";
import type { PollingCodec } from "./polling-codec.ts";

/**
 * Polling for browsers without CORS: an answer is a script that calls `___eio[n]` with the body, and a request is a form
 * with the body in its field `d`.
 */
export class JsonpCodec implements PollingCodec {
  readonly textType = "text/javascript; charset=UTF-8";
  readonly takesBytes = false;
  readonly close: string;
  readonly noop: string;
  readonly noopClose: string;
  private readonly inner: PollingCodec;
  private readonly head: string;

  /** `inner` must encode to text; `index` is the `j` of the query, of which digits alone are kept. */
  constructor(inner: PollingCodec, index: string) {
    this.inner = inner;
    this.head = `___eio[${index.replaceAll(/\D/g, "")}](`;
    this.close = this.wrap(inner.close);
    this.noop = this.wrap(inner.noop);
    this.noopClose = this.wrap(inner.noopClose);
  }

  encode(messages: readonly Outgoing[]): string {
    return this.wrap(this.inner.encode(messages) as string);
  }

  decode(body: Buffer): EnginePacket[] {
    const text = new URLSearchParams(body.toString()).get("d") ?? "";
    return this.inner.decode(Buffer.from(text.replaceAll(/\\+n/g, unescapeLine)), false);
  }

  private wrap(text: string): string {
    // As a script these two ended a line before ES2019, and the string with it.
    const script = JSON.stringify(text)
      .replaceAll("\u2028", "\\u2028")
      .replaceAll("\u2029", "\\u2029");
    return `${this.head}${script});`;
  }
}

/** Forms turn a line feed into two characters, so clients write `\n` for one, and one backslash more for a real `\n`. */
function unescapeLine(written: string): string {
  return written === "\\n" ? "\n" : written.slice(1);
}
