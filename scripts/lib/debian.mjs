// Installs what the tests need from Debian: a browser, and peers in another language.
import { existsSync } from "node:fs";
import { run } from "./run.mjs";
import { say, timed } from "./say.mjs";

const aptTimeoutMs = 240_000;

const isDebian = () => existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
const isRoot = () => process.getuid?.() === 0;

async function missing(names) {
  const absent = [];
  for (const name of names) {
    const { output } = await run("dpkg-query", ["-W", "-f=${db:Status-Status}", name], {
      quiet: true,
    });
    if (output.trim() !== "installed") absent.push(name);
  }
  return absent;
}

/**
 * Makes sure that these Debian packages are installed. Never fails: where they cannot be had the tests
 * that need them skip themselves, and why is printed here.
 */
export async function ensureDebian(names) {
  if (!isDebian()) {
    say(
      `not a Debian machine: tests that need ${names.join(", ")} look for them and are skipped without`,
    );
    return;
  }
  const absent = await missing(names);
  if (absent.length === 0) return;
  if (!isRoot()) {
    say(`not root: cannot install ${absent.join(", ")}; the tests that need them are skipped`);
    return;
  }
  await timed(`installing from Debian: ${absent.join(", ")}`, async () => {
    const options = {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeoutMs: aptTimeoutMs,
      quiet: true,
    };
    const lock = ["-o", "DPkg::Lock::Timeout=120"];
    await run("apt-get", [...lock, "update", "-q"], options);
    const result = await run(
      "apt-get",
      [...lock, "install", "-y", "-q", "--no-install-recommends", ...absent],
      options,
    );
    if (result.code !== 0) {
      say(
        `could not be installed; the tests that need them are skipped. ${result.output.slice(-2_000)}`,
      );
    }
  });
}
