// What the charts share: colours that follow the reader's light or dark setting, and text that cannot break out of its element.

const style = `
  svg { --ground: #ffffff; --ink: #1b1f24; --faint: #5d6670; --line: #e3e6ea; --peer: #aab2bd; --ours: #0b7285; --near: #66b2bf; --bad: #c92a2a; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #14171a; --ink: #e8eaed; --faint: #9aa3ad; --line: #2b3036; --peer: #5b6570; --ours: #3bc9db; --near: #20808d; --bad: #ff8787; }
  }
  .ground { fill: var(--ground); }
  text { font: 13px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
  .title { font-size: 20px; font-weight: 650; }
  .panel { font-weight: 600; }
  .faint { fill: var(--faint); font-size: 12px; }
  .value { font-variant-numeric: tabular-nums; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .strong { font-weight: 650; }
  .bad { fill: var(--bad); }
  .axis { stroke: var(--line); }
  .peer { fill: var(--peer); } .ours { fill: var(--ours); } .near { fill: var(--near); }
  .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .curve.peer { stroke: var(--peer); } .curve.ours { stroke: var(--ours); } .curve.near { stroke: var(--near); }
  .curve.second { stroke-dasharray: 5 4; }
`;

function escape(text) {
  return text.replace(/[&<>"]/g, (it) => `&#${it.codePointAt(0)};`);
}

export function text(x, y, content, classes = "") {
  return `<text x="${x}" y="${y}" class="${classes}">${escape(content)}</text>`;
}

/** The class of a server's colour. */
export function kindOf(peer) {
  if (!peer.ours) return "peer";
  return peer.dialect === "socketio" ? "ours" : "near";
}

/** A whole picture: heading, what is drawn, and on what it was measured. */
export function picture({ width, height, margin, title, subtitle, label, parts, machine }) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escape(label)}</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" class="ground"/>`,
    text(margin, 38, title, "title"),
    text(margin, 60, `${subtitle} ${machine.cpu}, Node ${machine.node}`, "faint"),
    ...parts,
    text(margin, height - 16, `${machine.date} · ${versions.join(" · ")}`, "faint"),
    "</svg>",
    "",
  ].join("\n");
}
