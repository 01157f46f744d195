/** Where a text stops being JSON, or goes deeper than allowed. */
export interface JsonFault {
  readonly code: "JSON_INVALID" | "TOO_DEEP";
  /** UTF-16 units from the start: the first that cannot stand there; the length for a text that is cut short. */
  readonly at: number;
}

const quote = 34;
const comma = 44;
const minus = 45;
const dot = 46;
const zero = 48;
const nine = 57;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

const simpleEscapes = '"\\/bfnrt';
const hexDigit: RegExp = /^[0-9a-fA-F]$/;

/**
 * The place of the error in what `JSON.parse` refuses, which each engine and each version tells in words of its own.
 * Linear and without recursion. Undefined for valid JSON that is not too deep.
 */
export function findJsonFault(
  text: string,
  start: number,
  depthMax: number,
): JsonFault | undefined {
  const scanner = new Scanner(text, start, depthMax);
  const code = scanner.scan();
  return code === undefined ? undefined : { code, at: scanner.at - start };
}

/** Stops at the first unit that cannot stand where it stands. */
class Scanner {
  at: number;
  private readonly text: string;
  private readonly depthMax: number;
  /** The closing bracket of each open list and object. */
  private readonly closings: number[] = [];

  constructor(text: string, start: number, depthMax: number) {
    this.text = text;
    this.at = start;
    this.depthMax = depthMax;
  }

  scan(): JsonFault["code"] | undefined {
    const { text, closings } = this;
    for (;;) {
      this.skipSpace();
      const unit = text.charCodeAt(this.at);
      if (unit === openBracket || unit === openBrace) {
        if (closings.length >= this.depthMax) return "TOO_DEEP";
        const closing = unit + 2;
        this.at++;
        this.skipSpace();
        if (text.charCodeAt(this.at) !== closing) {
          closings.push(closing);
          if (closing === closeBrace && !this.key()) return "JSON_INVALID";
          continue;
        }
        this.at++;
      } else if (!this.scalar(unit)) return "JSON_INVALID";
      const more = this.afterValue();
      if (more === undefined) return "JSON_INVALID";
      if (!more) return undefined;
    }
  }

  /** Whether another value follows; undefined: neither that nor the end. */
  private afterValue(): boolean | undefined {
    const { text, closings } = this;
    for (;;) {
      this.skipSpace();
      if (closings.length === 0) return this.at === text.length ? false : undefined;
      const closing = closings.at(-1);
      const unit = text.charCodeAt(this.at);
      if (unit === comma) {
        this.at++;
        if (closing === closeBracket) return true;
        this.skipSpace();
        return this.key() ? true : undefined;
      }
      if (unit !== closing) return undefined;
      closings.pop();
      this.at++;
    }
  }

  private key(): boolean {
    if (this.text.charCodeAt(this.at) !== quote || !this.string()) return false;
    this.skipSpace();
    if (this.text.charCodeAt(this.at) !== colon) return false;
    this.at++;
    return true;
  }

  private scalar(unit: number): boolean {
    if (unit === quote) return this.string();
    if (unit === minus || (unit >= zero && unit <= nine)) return this.number();
    const first = this.text[this.at];
    const word = ["true", "false", "null"].find((each) => each[0] === first);
    return word !== undefined && this.word(word);
  }

  /** Leaves `at` where it stops being the word. */
  private word(word: string): boolean {
    const { text } = this;
    for (let i = 0; i < word.length; i++, this.at++) {
      if (text[this.at] !== word[i]) return false;
    }
    return true;
  }

  private number(): boolean {
    const { text } = this;
    if (text.charCodeAt(this.at) === minus) this.at++;
    if (text.charCodeAt(this.at) === zero) this.at++;
    else if (!this.digits()) return false;
    if (text.charCodeAt(this.at) === dot) {
      this.at++;
      if (!this.digits()) return false;
    }
    const unit = text[this.at];
    if (unit !== "e" && unit !== "E") return true;
    this.at++;
    const sign = text[this.at];
    if (sign === "+" || sign === "-") this.at++;
    return this.digits();
  }

  private digits(): boolean {
    const start = this.at;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (!(unit >= zero && unit <= nine)) return this.at > start;
      this.at++;
    }
  }

  private string(): boolean {
    const { text } = this;
    this.at++;
    for (;;) {
      const unit = text.charCodeAt(this.at);
      // NaN behind the end, and control characters.
      if (!(unit >= 32)) return false;
      this.at++;
      if (unit === quote) return true;
      if (unit === backslash && !this.escape()) return false;
    }
  }

  private escape(): boolean {
    const { text } = this;
    const letter = text[this.at];
    if (letter === undefined) return false;
    if (simpleEscapes.includes(letter)) {
      this.at++;
      return true;
    }
    if (letter !== "u") return false;
    this.at++;
    for (let i = 0; i < 4; i++, this.at++) {
      if (!hexDigit.test(text[this.at] ?? "")) return false;
    }
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      // Space, line feed, carriage return, tab: nothing else is white space in JSON.
      if (unit !== 32 && unit !== 10 && unit !== 13 && unit !== 9) return;
      this.at++;
    }
  }
}
