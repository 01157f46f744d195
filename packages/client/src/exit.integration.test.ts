import { spawn } from "node:child_process";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { Peer, modes } from "./testing/peer.ts";

let peer: Peer;
afterEach(() => peer.close());

const source = new URL("index.ts", import.meta.url).href;

/** Runs a program that connects, says so, and has nothing more to do. Resolves when it ends by itself. */
function run(options: object): Promise<string> {
  const program = `
    const { io } = await import(${JSON.stringify(source)});
    const socket = io(${JSON.stringify(peer.url)}, ${JSON.stringify(options)});
    const keep = setTimeout(() => {}, 100_000);
    socket.on("connect", () => { process.stdout.write("connected"); clearTimeout(keep); });`;
  const child = spawn(
    process.execPath,
    ["--conditions=hawser-source", "--input-type=module", "--eval", program],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill());
  return new Promise((resolve) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("close", () => resolve(output));
  });
}

describe("a process", () => {
  it.each(modes)("ends with autoUnref although it is connected, over %s", async (_, mode) => {
    peer = await new Peer().start();
    expect(await run({ ...mode, upgrade: false, autoUnref: true })).toBe("connected");
  });
});
