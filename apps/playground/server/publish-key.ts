import { makeApiKey } from "hawser";
import type { ApiKey } from "hawser";
import type { PublishAccess } from "../shared/chat/events.ts";
import { isOwnPage } from "./kill-switch.ts";
import type { Origin } from "./kill-switch.ts";

/** Who may publish over HTTP: on this computer anybody; in a network those with the key, which is made anew at each start. */
export class PublishKey {
  /** Absent: none is needed. */
  readonly text: string | undefined;
  /** What the server knows of it. */
  readonly entry: ApiKey | undefined;

  constructor(host: string) {
    if (isLoopback(host)) return;
    const { key, entry } = makeApiKey({ id: "playground", scopes: ["publish"] });
    this.text = key;
    this.entry = entry;
  }

  /** What a page is told; the key itself only on this computer. */
  accessFor(origin: Origin): PublishAccess {
    if (this.text === undefined) return { locked: false };
    return isOwnPage(origin) ? { locked: true, key: this.text } : { locked: true };
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
