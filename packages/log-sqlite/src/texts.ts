/** Stands before a text that is kept as JSON. */
const escaped = "\u0001";

/** Halves of pairs and NUL do not come through every driver: a text that has them is kept as JSON. */
export function toColumn(text: string): string {
  const plain =
    !text.includes("\0") &&
    (text as unknown as { isWellFormed(): boolean }).isWellFormed() &&
    !text.startsWith(escaped);
  return plain ? text : escaped + JSON.stringify(text);
}

export function fromColumn(column: string): string {
  return column.startsWith(escaped) ? (JSON.parse(column.slice(1)) as string) : column;
}
