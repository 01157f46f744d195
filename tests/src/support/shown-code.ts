// Programs that our pages show, run as their readers would run them.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { testsRoot } from "./fixtures.ts";
import { until } from "./wait.ts";

/** The code blocks of a page in one language, in order. */
export async function codeOf(page: string, language: string): Promise<string[]> {
  const text = await readFile(join(dirname(testsRoot), page), "utf8");
  const blocks = text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"));
  return Array.from(blocks, ([, code]) => code!);
}

/** Writes a program to where its imports are found, with its port 3000 replaced; the path of the file. */
export async function writeShown(name: string, code: string, port: number): Promise<string> {
  const folder = join(testsRoot, ".cache", `shown-${process.version}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, code.replaceAll("3000", String(port)));
  return file;
}

/** Runs a server that a page shows, until it listens. */
export async function serveShown(name: string, code: string, port: number): Promise<ChildProcess> {
  const file = await writeShown(name, code, port);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "inherit", "inherit"] });
  await until(`${name} listens`, () => accepts(port));
  return child;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
