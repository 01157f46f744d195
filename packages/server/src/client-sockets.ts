import type { ClientSocket } from "./client-host.ts";

/**
 * The sockets of one client by namespace. It holds the first one itself: most clients are in one namespace, and a map
 * of one entry takes four times as much.
 */
export class ClientSockets {
  /** Valid while `first` is there. */
  private firstName = "";
  private first: ClientSocket | undefined = undefined;
  private others: Map<string, ClientSocket> | undefined = undefined;

  get size(): number {
    return (this.first === undefined ? 0 : 1) + (this.others?.size ?? 0);
  }

  get(name: string): ClientSocket | undefined {
    if (name === this.firstName && this.first !== undefined) return this.first;
    return this.others?.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, socket: ClientSocket): void {
    if (this.first !== undefined && name !== this.firstName) {
      (this.others ??= new Map()).set(name, socket);
      return;
    }
    this.others?.delete(name);
    this.firstName = name;
    this.first = socket;
  }

  delete(name: string): void {
    if (name === this.firstName) this.first = undefined;
    else this.others?.delete(name);
  }

  clear(): void {
    this.first = undefined;
    this.others = undefined;
  }

  /** Those who are there now: what happens to them while the caller goes through them changes nothing. */
  values(): ClientSocket[] {
    const others = this.others === undefined ? [] : [...this.others.values()];
    return this.first === undefined ? others : [this.first, ...others];
  }
}
