// All sections, in the order of the page. A new one is added here.
import { rooms } from "./rooms.ts";
import type { Section } from "../harness/case.ts";

export const sections: readonly Section[] = [rooms];
