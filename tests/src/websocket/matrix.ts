// What the cases came to: one row for each section, one column for each side of the subject.
import type { Grade, Verdict } from "./case.ts";

/** What may be noted of a case beside its verdict. */
export type Note = Grade | "EXCLUDED";

const columns = ["server", "server, TLS", "client", "client, TLS"] as const;
export type Side = (typeof columns)[number];

interface Cell {
  counts: Map<Note, number>;
  closeMs: number;
  endMs: number;
}

export class Matrix {
  readonly #cells = new Map<string, Map<Side, Cell>>();

  note(section: string, side: Side, verdict: Verdict): void {
    const cell = this.#cell(section, side);
    cell.counts.set(verdict.grade, (cell.counts.get(verdict.grade) ?? 0) + 1);
    if (Number.isFinite(verdict.closeMs)) cell.closeMs = Math.max(cell.closeMs, verdict.closeMs);
    if (Number.isFinite(verdict.endMs)) cell.endMs = Math.max(cell.endMs, verdict.endMs);
  }

  /** A table in Markdown. */
  toString(): string {
    const rows = [...this.#cells].map(([section, cells]) => [
      section,
      ...columns.map((side) => told(cells.get(side))),
    ]);
    const all = [["section", ...columns], ["---", "---", "---", "---", "---"], ...rows];
    return all.map((row) => `| ${row.join(" | ")} |`).join("\n");
  }

  #cell(section: string, side: Side): Cell {
    const cells = this.#cells.get(section) ?? new Map<Side, Cell>();
    this.#cells.set(section, cells);
    const cell = cells.get(side) ?? { counts: new Map(), closeMs: 0, endMs: 0 };
    cells.set(side, cell);
    return cell;
  }
}

function told(cell: Cell | undefined): string {
  if (cell === undefined) return "-";
  return [...cell.counts].map(([note, count]) => `${count} ${note}`).join(", ");
}
