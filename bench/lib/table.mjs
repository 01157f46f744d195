// Rows of cells as text: for the terminal in columns, for files in Markdown. The first column is left-aligned, the others right.
import { stripVTControlCharacters } from "node:util";

function width(text) {
  return stripVTControlCharacters(text).length;
}

export function columns(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => width(row[i]))));
  const line = (row) =>
    row
      .map((cell, i) => {
        const space = " ".repeat(widths[i] - width(cell));
        return i === 0 ? cell + space : space + cell;
      })
      .join("  ")
      .trimEnd();
  return [head, ...rows].map((row) => line(row)).join("\n");
}

export function markdown(head, rows) {
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
