// What the cases came to: a row for each section, a column for each pairing and transport.
import { transportModes } from "../../src/support/pairing.ts";
import type { TransportMode } from "../../src/support/pairing.ts";
import type { Job } from "./jobs.ts";
import type { PairingName, Verdict } from "./judge.ts";

const names: readonly (PairingName | "reference")[] = ["reference", "server", "client", "both"];
const heads = {
  reference: "npm ⇄ npm",
  server: "npm client → Hawser",
  client: "Hawser client → npm",
  both: "Hawser ⇄ Hawser",
} as const;

interface Cell {
  good: number;
  all: number;
}

export class Matrix {
  readonly #rows = new Map<string, Map<string, Cell>>();

  note({ section, mode }: Job, { pairing, wrong }: Verdict): void {
    const row = this.#rows.get(section.title) ?? new Map<string, Cell>();
    this.#rows.set(section.title, row);
    const cell = row.get(column(pairing, mode)) ?? { good: 0, all: 0 };
    row.set(column(pairing, mode), cell);
    cell.all += 1;
    if (wrong === undefined) cell.good += 1;
  }

  /** A table in Markdown, with the sections in the order of `titles`. */
  toString(titles: readonly string[]): string {
    const rows = titles.flatMap((title) => {
      const row = this.#rows.get(title);
      return row === undefined ? [] : [[title, ...names.map((name) => told(row, name))]];
    });
    const head = ["polling / websocket / upgraded", ...names.map((name) => heads[name])];
    return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  }
}

const column = (pairing: string, mode: TransportMode): string => `${pairing}, ${mode}`;

function told(row: Map<string, Cell>, name: string): string {
  const cells = transportModes.map((mode) => row.get(column(name, mode)));
  return cells
    .map((cell) => {
      if (cell === undefined) return "-";
      return cell.good === cell.all ? `${cell.all}` : `**${cell.good} of ${cell.all}**`;
    })
    .join(" / ");
}
