// The load generator is compiled when it is first needed, and again when its source has changed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "../generator");
const bin = join(import.meta.dirname, "../bin");
const flags = ["-O2", "-std=gnu11", "-Wall", "-Wextra"];

function fingerprint(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(source, file)));
  return hash.digest("hex").slice(0, 12);
}

/** The path of the compiled generator. Throws, with what to do about it, when it cannot be made. */
export function compiledGenerator() {
  if (process.platform !== "linux") {
    throw new Error("The benchmark needs Linux: epoll, /proc, and CPU clocks of other processes.");
  }
  const files = readdirSync(source)
    .filter((name) => /\.[ch]$/.test(name))
    .toSorted();
  const target = join(bin, `generator-${fingerprint(files)}`);
  if (existsSync(target)) return target;
  mkdirSync(bin, { recursive: true });
  const sources = files.filter((name) => name.endsWith(".c")).map((name) => join(source, name));
  const unfinished = `${target}.${process.pid}`;
  try {
    execFileSync(process.env.CC ?? "cc", [...flags, "-o", unfinished, ...sources], {
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (error) {
    const missing = error.code === "ENOENT";
    throw new Error(
      missing
        ? "No C compiler: install one (Debian: apt-get install gcc libc6-dev) or name it in CC."
        : "The load generator did not compile; the compiler's words stand above.",
      { cause: error },
    );
  }
  for (const older of readdirSync(bin).filter((name) => join(bin, name) !== unfinished))
    rmSync(join(bin, older));
  renameSync(unfinished, target);
  return target;
}
