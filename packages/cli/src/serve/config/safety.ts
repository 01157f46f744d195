import { isIP } from "node:net";
import { CliError } from "../../errors.ts";
import type { Config } from "./types.ts";

/** Whether only this machine reaches an address. */
export function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/**
 * Refuses what must not stand open to others, unless the config says that it is meant.
 * @throws CliError that names every setting and what to do
 */
export function refuseUnsafe(config: Config): void {
  const { host, auth, cors, publish, allowUnsafe, webhooks } = config;
  if (isLocal(host)) return;
  const faults: string[] = [];
  if (auth.type === "none" && !allowUnsafe.includes("open-auth")) {
    faults.push('auth: anybody could connect; set auth, or allowUnsafe: ["open-auth"]');
  }
  const isAnyOrigin = cors?.origin === "*" || cors?.origin === true;
  if (isAnyOrigin && cors?.credentials === true) {
    faults.push(
      "cors: any origin with credentials lets every page act as your users; name the origins",
    );
  } else if (isAnyOrigin && !allowUnsafe.includes("any-origin")) {
    faults.push(
      'cors.origin: any page could connect; name the origins, or allowUnsafe: ["any-origin"]',
    );
  }
  if (publish && !publish.keys?.length) {
    faults.push("publish.keys: anybody could publish; make a key with `hawser key`");
  }
  const hooks: [place: string, url: string][] = webhooks.map((it, i) => [
    `webhooks[${i}].url`,
    it.url,
  ]);
  if (auth.type === "webhook") hooks.push(["auth.url", auth.url]);
  for (const [place, url] of hooks) {
    const { protocol, hostname } = new URL(url);
    if (protocol === "http:" && !isPrivate(hostname)) {
      faults.push(`${place}: http: to another network shows your users' tokens; use https:`);
    }
  }
  if (faults.length === 0) return;
  throw new CliError(
    "usage",
    `this is not safe on ${host}:\n${faults.map((it) => `  ${it}`).join("\n")}`,
    "On 127.0.0.1, for instance behind a proxy on this machine, it would be started.",
  );
}

/** Addresses of this machine and of a private network, and names without a dot, as containers have. */
function isPrivate(hostname: string): boolean {
  return (
    isLocal(hostname.replace(/^\[|\]$/g, "")) ||
    !hostname.includes(".") ||
    /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(hostname) ||
    hostname.endsWith(".internal") ||
    hostname.endsWith(".local")
  );
}
