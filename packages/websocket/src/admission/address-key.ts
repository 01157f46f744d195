import { isIPv6 } from "node:net";
import { addressCharsMax } from "../limits.ts";

/**
 * What counts as one address: an IPv4 address, also where it is written as IPv6; the first 64 bits of an IPv6 address,
 * since that is what one customer is given; anything else as it stands.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1] as string;
  if (!isIPv6(address)) return address.slice(0, addressCharsMax);
  return `${prefixOf(address.split("%", 1)[0] as string)}::/64`;
}

/** The first four groups of an IPv6 address, without leading zeros. */
function prefixOf(address: string): string {
  const [head, tail] = address.split("::") as [string, string | undefined];
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    // An IPv4 address at the end stands for two groups.
    const afterCount = after.length + (after.at(-1)?.includes(".") === true ? 1 : 0);
    const missing = 8 - groups.length - afterCount;
    groups.push(...Array.from({ length: missing }, () => "0"), ...after);
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
