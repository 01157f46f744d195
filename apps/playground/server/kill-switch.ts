import type { IncomingHttpHeaders } from "node:http";

/** What a connection says about where it comes from. */
export interface Origin {
  /** The address of the other side. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the start command is told, which then kills this process and starts another one. */
export interface KillOrder {
  readonly type: "kill";
  /** To be taken again. */
  readonly port: number;
}

const localNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Lets pages on this computer kill the server, so that anybody can see what becomes of the messages. */
export class KillSwitch {
  readonly #isOn: boolean;
  readonly #port: () => number;

  /** Off as well when no start command watches over this process. */
  constructor(isOn: boolean, port: () => number) {
    this.#isOn = isOn && process.send !== undefined;
    this.#port = port;
  }

  mayUse(origin: Origin): boolean {
    return this.#isOn && isOwnPage(origin);
  }

  /** The end comes from outside, by SIGKILL, at whatever this process is doing then. */
  press(): void {
    process.send?.({ type: "kill", port: this.#port() } satisfies KillOrder);
  }
}

/**
 * A page of this server, opened on this computer. Its name is looked at, too: a stranger's name may lead to this computer.
 */
export function isOwnPage({ address, headers }: Origin): boolean {
  const { host, origin } = headers;
  const isLoopback = address === "::1" || /^(::ffff:)?127\./.test(address);
  if (!isLoopback || host === undefined || !localNames.has(nameOf(host))) return false;
  // Browsers leave it out within one origin only.
  return origin === undefined || origin === `http://${host}`;
}

function nameOf(host: string): string {
  return host.replace(/:\d+$/, "");
}
