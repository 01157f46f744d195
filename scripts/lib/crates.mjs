// Crates that Debian packs, in one folder that cargo takes for a registry: it needs no other.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";
import { run } from "./run.mjs";
import { say, timed } from "./say.mjs";

const installed = "/usr/share/cargo/registry";
const folder = join(cache, "languages", "crates");
// Debian 12 has no tungstenite yet. A crate's package is source text alone, so one of the next release does.
const nextRelease = "trixie";
const sources = "/etc/apt/sources.list.d/debian.sources";
const aptTimeoutMs = 240_000;

const linkAll = (from) => {
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) {
    if (!existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name));
  }
};

/** Downloads packages of the next release with lists of their own, and unpacks them; nothing is installed. */
async function fetchFromNextRelease(names) {
  const uri = /^URIs: (.+)$/m.exec(existsSync(sources) ? readFileSync(sources, "utf8") : "")?.[1];
  if (uri === undefined) return say(`no ${sources}: cannot look for ${names.join(", ")}`);
  const work = mkdtempSync(join(cache, "apt-"));
  for (const name of ["lists/partial", "cache/archives/partial", "sources", "debs"]) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(
    join(work, "sources", "next.sources"),
    `Types: deb\nURIs: ${uri}\nSuites: ${nextRelease}\nComponents: main\n` +
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
  );
  const options = { cwd: join(work, "debs"), timeoutMs: aptTimeoutMs, quiet: true };
  const settings = {
    "Dir::Etc::SourceList": join(work, "none"),
    "Dir::Etc::SourceParts": join(work, "sources"),
    "Dir::State::Lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
    "APT::Sandbox::User": "root",
  };
  const apt = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await run("apt-get", [...apt, "update", "-q"], options);
  const { code, output } = await run("apt-get", [...apt, "download", "-q", ...names], options);
  if (code !== 0) say(`could not be had: ${output.slice(-1_000)}`);
  const unpacked = join(cache, "languages", "unpacked");
  for (const name of readdirSync(join(work, "debs"))) {
    await run("dpkg-deb", ["-x", join(work, "debs", name), unpacked], options);
  }
  rmSync(work, { recursive: true });
  return linkAll(join(unpacked, installed));
}

/** Makes the folder from what is installed, and from these packages of the next release. Never fails. */
export async function ensureCrates(names) {
  mkdirSync(folder, { recursive: true });
  linkAll(installed);
  if (readdirSync(folder).some((name) => name.startsWith("tungstenite-"))) return;
  await timed(`crates of ${nextRelease}: ${names.join(", ")}`, () => fetchFromNextRelease(names));
}
