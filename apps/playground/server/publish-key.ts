import { isOwnPage } from "./kill-switch.ts";
import type { Origin } from "./kill-switch.ts";
import type { PublishAccess } from "../shared/chat/events.ts";

/** Who may publish over HTTP: on this computer anybody; in a network those with the key, which is made anew at each start. */
export class PublishKey {
  /** Absent: none is needed. */
  readonly text: string | undefined;

  constructor(text: string | undefined) {
    this.text = text;
  }

  /** What a page is told; the key itself only on this computer. */
  accessFor(origin: Origin): PublishAccess {
    if (this.text === undefined) return { locked: false };
    return isOwnPage(origin) ? { locked: true, key: this.text } : { locked: true };
  }
}
