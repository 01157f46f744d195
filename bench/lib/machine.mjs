// On what it was measured.
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { buildFingerprint, sourceText } from "./build.mjs";
import { pinned } from "./cores.mjs";
import { versionOf } from "./peers.mjs";

export function nodeVersion(node) {
  return execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
}

export function describeMachine({ node, peers }) {
  const versions = peers
    // Another dialect of the same server is no software of its own.
    .filter((peer) => peer.package !== undefined && peer.rivals === undefined)
    .map((peer) => [peer.label, versionOf(peer)]);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: nodeVersion(node),
    versions: Object.fromEntries(versions),
    source: sourceText(),
    build: buildFingerprint(),
    pinned,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** One paragraph of it. */
export function machineText(machine) {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const software = [`Node ${machine.node}`, ...versions].join(", ");
  const where = machine.pinned
    ? "server and generator each on a core of its own"
    : "server and generator on the same core, for there is one only";
  const source = [machine.date, machine.source, `build ${machine.build}`].filter(Boolean);
  return `${source.join(", ")}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, ${software}; ${where}.`;
}
