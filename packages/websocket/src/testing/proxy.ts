import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A line between two ends that can die without a word, as when a cable is pulled. */
export interface BlackHole {
  readonly port: number;
  /** From now on nothing passes either way, and nobody is told. */
  open(): void;
  close(): void;
}

/** Stands in front of a port. */
export async function blackHole(port: number): Promise<BlackHole> {
  const sockets: Socket[] = [];
  let dark = false;
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    sockets.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => {});
      from.on("data", (chunk) => {
        if (!dark) to.write(chunk);
      });
      from.on("close", () => {
        if (!dark) to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    open: () => {
      dark = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
