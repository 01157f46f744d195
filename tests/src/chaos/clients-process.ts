// Some pages of a run, each with one client. The process may be killed at any time: so do pages die.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DurablePage } from "./durable-page.ts";
import { FileHistory } from "./history.ts";
import { PlainPage } from "./plain-page.ts";
import { RecoveryPage } from "./recovery-page.ts";
import { SsePage } from "./sse-page.ts";
import { wireOf } from "./world.ts";
import type { ClientsPlan, Page } from "./world.ts";

const plan = JSON.parse(process.argv[2]!) as ClientsPlan;
const history = new FileHistory(plan.history);
mkdirSync(plan.store, { recursive: true });

function pageOf(client: ClientsPlan["clients"][number]): Page {
  const ofOurs = (): Page => new DurablePage(plan, client, join(plan.store, client.name), history);
  if (plan.kind === "durable") return ofOurs();
  if (plan.kind === "recovery") return new RecoveryPage(plan, client, history);
  const wire = wireOf(client.name);
  if (wire === "plain") return new PlainPage(plan, client, history);
  return wire === "sse" ? new SsePage(plan, client, history) : ofOurs();
}

const pages = plan.clients.map(pageOf);
for (const page of pages) page.open();

process.stdin.setEncoding("utf8").on("data", (text: string) => {
  for (const line of text.trim().split("\n")) {
    if (line === '{"ask":"calm"}') for (const page of pages) page.calm();
    // Who has no order left is idle; who has heard the last word of its rooms, too, is done.
    console.log(
      JSON.stringify({
        idle: pages.every((page) => page.idle),
        done: pages.every((page) => page.idle && page.heardAll),
        states: pages.map(String),
      }),
    );
  }
});
