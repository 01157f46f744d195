// Peers in Python, from Debian's own packages: /usr/bin/python3, since another one may come first in PATH.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Child } from "./child.ts";
import { testsRoot } from "./fixtures.ts";

const python = "/usr/bin/python3";

function whyNot(): string | undefined {
  const probe = spawnSync(python, ["-c", "import socketio, aiohttp, websockets"], {
    timeout: 20_000,
  });
  if (probe.status === 0) return undefined;
  return "needs Debian's python3-socketio, python3-aiohttp and python3-websockets";
}

/** Why tests with Python peers cannot run here, or false when they can. */
export const pythonSkip: string | false = whyNot() ?? false;

export function pythonPeer(script: string, ...args: string[]): Child {
  return new Child(python, [join(testsRoot, "peers", script), ...args]);
}

/** Bytes travel to and from the peers as {"$hex": …}. */
export function pack(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(pack);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
}

/** python-socketio's client, as one drives it in a test. */
export class PythonClient {
  readonly #child: Child = pythonPeer("socketio_client.py");
  #commands = 0;

  async #do(command: Record<string, unknown>): Promise<unknown> {
    this.#commands += 1;
    const id = this.#commands;
    this.#child.send({ ...command, id });
    const answer = await this.#child.line(`answer to ${String(command["do"])}`, (line) => {
      return line["done"] === id;
    });
    if (answer["error"] !== undefined) throw new Error(answer["error"] as string);
    return answer["result"];
  }

  connect(url: string, options: Record<string, unknown>): Promise<unknown> {
    return this.#do({ do: "connect", url, ...options });
  }

  emit(event: string, args: unknown[], namespace = "/"): Promise<unknown> {
    return this.#do({ do: "emit", event, args: pack(args), namespace });
  }

  /** Emits and waits for the acknowledgement. */
  call(event: string, args: unknown[], namespace = "/"): Promise<unknown> {
    return this.#do({ do: "call", event, args: pack(args), namespace });
  }

  transport(): Promise<unknown> {
    return this.#do({ do: "transport" });
  }

  disconnect(): Promise<unknown> {
    return this.#do({ do: "disconnect" });
  }

  /** The arguments of an event that it has seen, or will see. */
  async heard(event: string, namespace = "/"): Promise<unknown[]> {
    const line = await this.#child.line(`python hears "${event}"`, (it) => {
      return it["event"] === event && it["namespace"] === namespace;
    });
    return line["args"] as unknown[];
  }

  end(): Promise<void> {
    return this.#child.end();
  }
}
