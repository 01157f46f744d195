// What the scripts print: one plain line for each step, with its time.

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

export function say(text) {
  console.log(`» ${text}`);
}

/** Prints what begins, does it, and prints how long it took. */
export async function timed(text, work) {
  say(`${text} …`);
  const started = performance.now();
  const result = await work();
  say(`${text}: ${seconds(performance.now() - started)}`);
  return result;
}

/** Aligned columns; the first is text, the others are figures. */
export function table(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]),
        )
        .join("  "),
    )
    .join("\n");
}
