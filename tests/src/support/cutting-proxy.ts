// A line between client and server that breaks on demand, or after a number of bytes that a seed decides.
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** How a line ends: noticed by both sides, or by the client alone, while the server believes in it for a while. */
export type Cut = "reset" | "unnoticed";

export class CuttingProxy {
  /** How many bytes the next lines carry towards the client, and how they end; Infinity at first. */
  budget: () => { bytes: number; cut: Cut } = () => ({ bytes: Infinity, cut: "reset" });
  cuts = 0;
  readonly #server: Server;
  readonly #lines = new Set<{ client: Socket; upstream: Socket }>();
  /** The server's ends of lines whose end it did not notice. */
  readonly #unnoticed = new Set<Socket>();

  private constructor(target: number) {
    this.#server = createServer((client) => this.#join(client, target));
  }

  static async to(target: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks all lines now. */
  cut(how: Cut): void {
    for (const line of this.#lines) this.#end(line, how);
  }

  close(): void {
    this.#server.close();
    this.cut("reset");
    for (const upstream of this.#unnoticed) upstream.destroy();
  }

  #join(client: Socket, target: number): void {
    const upstream = connect(target, "127.0.0.1");
    const line = { client, upstream };
    this.#lines.add(line);
    const { bytes, cut } = this.budget();
    let left = bytes;
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => {
      client.write(left >= data.length ? data : data.subarray(0, left));
      left -= data.length;
      if (left < 0) this.#end(line, cut);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#lines.delete(line);
        if (!to.destroyed) to.end();
      });
    }
  }

  #end(line: { client: Socket; upstream: Socket }, how: Cut): void {
    if (!this.#lines.delete(line)) return;
    this.cuts += 1;
    const { client, upstream } = line;
    upstream.removeAllListeners("data");
    client.removeAllListeners("close");
    // What was written before still arrives: the client sees a part of the bytes, then the end.
    client.end();
    client.on("finish", () => client.destroy());
    if (how === "reset") {
      upstream.destroy();
      return;
    }
    upstream.resume();
    this.#unnoticed.add(upstream);
    upstream.on("close", () => this.#unnoticed.delete(upstream));
  }
}
