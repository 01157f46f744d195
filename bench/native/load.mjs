// What `--native` measures beside: installed when it is first asked for, in a project of its own.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = import.meta.dirname;
const require = createRequire(join(folder, "package.json"));

/** Loads a package of this project. */
export function load(name) {
  return require(name);
}

export const bun = join(folder, "node_modules", "bun", "bin", "bun.exe");

/** Installs them, unless that has been done. Throws with what npm says. */
export function installNative() {
  if (existsSync(join(folder, "node_modules", "uwebsockets"))) return;
  console.error("installing µWebSockets.js and Bun below bench/native …");
  const { status, stderr } = spawnSync("npm", ["install", "--no-package-lock"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm install in bench/native: ${stderr}`);
}

/** Whether a command comes to its end without an error. */
function works(program, ...words) {
  return spawnSync(program, words, { cwd: folder }).status === 0;
}

/** Why a peer cannot run here, or undefined when it can. @param node that runs the servers */
export function whyNot(peer, node) {
  if (peer.runtime === "bun") return works(bun, "--version") ? undefined : "Bun does not start";
  if (peer.native === undefined) return undefined;
  return works(node, "-e", 'require("uwebsockets")')
    ? undefined
    : "its µWebSockets.js does not load on this Node; try --node with another (it was made for 20)";
}
