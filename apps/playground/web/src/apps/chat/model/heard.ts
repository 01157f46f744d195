/** The wires that this page opens beside its own. */
export type GuestWire = "json" | "msgpack" | "sse";
export const guestWires: readonly GuestWire[] = ["json", "msgpack", "sse"];
/** A message, and over which wires it has come. */
export interface Heard {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly wires: readonly GuestWire[];
}

const heardMax = 5;

/** The same message over another wire is the same line. */
export function withHeard(heard: readonly Heard[], wire: GuestWire, raw: unknown): Heard[] {
  const { key: ownKey, text, author } = recordOf(raw);
  const name = textOf(recordOf(author)["name"]);
  const shown = textOf(text) || "a picture";
  // What was published has no key.
  const key = textOf(ownKey) || `${name} ${shown}`;
  const known = heard.findLastIndex((line) => line.key === key && !line.wires.includes(wire));
  if (known === -1) return [...heard, { key, name, text: shown, wires: [wire] }].slice(-heardMax);
  return heard.map((line, i) => (i === known ? { ...line, wires: [...line.wires, wire] } : line));
}

function recordOf(raw: unknown): Partial<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null ? raw : {};
}

function textOf(raw: unknown): string {
  return typeof raw === "string" ? raw : "";
}
