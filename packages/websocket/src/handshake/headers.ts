import { negotiationCharsMax } from "../limits.ts";

/** One offer or answer of a `Sec-WebSocket-Extensions` header: a name and its parameters, `true` without a value. */
export interface ExtensionOffer {
  readonly name: string;
  /** Without a prototype, so that a parameter may be called anything. A name that came twice has two values. */
  readonly parameters: Readonly<Record<string, readonly (string | true)[]>>;
}

/** The characters of a token (RFC 9110, section 5.6.2). */
const tokenChars: Uint8Array = new Uint8Array(128);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenChars[char.charCodeAt(0)] = 1;
}

/** Whether `text` is a token, as the names of protocols, extensions and header fields are. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (tokenChars[text.charCodeAt(at)] !== 1) return false;
  }
  return text.length > 0;
}

/** Whether `line` is one header, as `Name: value`, without anything that would start another line. */
export function isHeaderLine(line: string): boolean {
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false;
  }
  return isToken(line.slice(0, Math.max(line.indexOf(":"), 0)));
}

/** Walks over a header's value once, from left to right. */
class Scanner {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at === this.text.length;
  }

  /** Skips blanks; whether `char` came next, which is then skipped too. */
  take(char: string): boolean {
    this.blanks();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  /** Skips blanks and reads a token; empty when there is none. */
  token(): string {
    this.blanks();
    const start = this.at;
    while (this.at < this.text.length && tokenChars[this.text.charCodeAt(this.at)] === 1) this.at++;
    return this.text.slice(start, this.at);
  }

  /** Reads the rest of a quoted string, whose content must be a token (RFC 6455, section 9.1); empty when it is not. */
  quoted(): string {
    let value = "";
    while (this.at < this.text.length) {
      const char = this.text[this.at++] as string;
      if (char === '"') return isToken(value) ? value : "";
      value += char === "\\" ? (this.text[this.at++] ?? "") : char;
    }
    return "";
  }

  blanks(): void {
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at++;
  }
}

/** The names in a `Sec-WebSocket-Protocol` header, or undefined when it is malformed or names one twice. */
export function parseProtocols(header: string): string[] | undefined {
  if (header.length > negotiationCharsMax) return undefined;
  const names = new Set<string>();
  const scanner = new Scanner(header);
  do {
    const name = scanner.token();
    if (name === "" || names.has(name)) return undefined;
    names.add(name);
  } while (scanner.take(","));
  return scanner.done ? [...names] : undefined;
}

/** The extensions in a `Sec-WebSocket-Extensions` header, or undefined when it is malformed. */
export function parseExtensions(header: string): ExtensionOffer[] | undefined {
  if (header.length > negotiationCharsMax) return undefined;
  const offers: ExtensionOffer[] = [];
  const scanner = new Scanner(header);
  do {
    const name = scanner.token();
    if (name === "") return undefined;
    const parameters = Object.create(null) as Record<string, (string | true)[]>;
    while (scanner.take(";")) {
      const parameter = scanner.token();
      if (parameter === "") return undefined;
      let value: string | true = true;
      if (scanner.take("=")) value = scanner.take('"') ? scanner.quoted() : scanner.token();
      if (value === "") return undefined;
      (parameters[parameter] ??= []).push(value);
    }
    offers.push({ name, parameters });
  } while (scanner.take(","));
  return scanner.done ? offers : undefined;
}
