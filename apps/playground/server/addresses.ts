import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";

/** The addresses to open in a browser: for this computer first, then for others in the network. */
export function addressesOf({ address, port, family }: AddressInfo): string[] {
  const everywhere = address === "0.0.0.0" || address === "::";
  if (everywhere)
    return [urlOf("localhost", port), ...networkAddresses().map((host) => urlOf(host, port))];
  if (address === "127.0.0.1" || address === "::1") return [urlOf("localhost", port)];
  return [urlOf(family === "IPv6" ? `[${address}]` : address, port)];
}

function urlOf(host: string, port: number): string {
  return `http://${host}:${port}/`;
}

function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === "IPv4" && !entry.internal)
    .map((entry) => entry.address);
}
