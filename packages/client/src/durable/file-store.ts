import { DeliveryError } from "./errors.ts";
import type { OutboxStore } from "./store.ts";

/** There are no files here: the real one is that of Node.js. @throws DeliveryError `STORE_UNAVAILABLE` */
export function fileStore(_folder: string): OutboxStore {
  throw new DeliveryError("STORE_UNAVAILABLE", "no", { text: "fileStore needs Node.js" });
}
