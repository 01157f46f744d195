// All sections, in the order of the page. A new one is added here.
import { acks } from "./acks.ts";
import { binary } from "./binary.ts";
import { dynamicNamespaces } from "./dynamic-namespaces.ts";
import { emitting } from "./emitting.ts";
import { listening } from "./listening.ts";
import { namespaces } from "./namespaces.ts";
import { rooms } from "./rooms.ts";
import type { Section } from "../harness/case.ts";

export const sections: readonly Section[] = [
  namespaces,
  dynamicNamespaces,
  rooms,
  emitting,
  binary,
  acks,
  listening,
];
