// Commits until it is killed; says which offset each text got, on its standard output, when that is durable.
import { fileLog } from "../src/file-log.ts";
import type { Durability } from "../src/options.ts";

const [path, run, durability] = process.argv.slice(2) as [string, string, string];
const log = fileLog(path, { durability: JSON.parse(durability) as Durability });
const { last, epoch, repaired } = await log.open({});
process.stdout.write(`${JSON.stringify({ last, epoch, repaired })}\n`);

let counter = 0;
async function commitOne(): Promise<void> {
  const texts = Array.from({ length: 1 + (counter % 3) }, () => `${run}:${counter++}`);
  const entries = texts.map((text) => ({
    namespace: "/",
    rooms: [`room ${text.length}`, "all"],
    except: [],
    text,
    attachments: [],
  }));
  const first = await log.commit({ entries, states: [{ key: "newest", value: texts.at(-1)! }] });
  process.stdout.write(texts.map((text, at) => `${first + at} ${text}\n`).join(""));
}

for (let line = 0; line < 8; line++) {
  void (async () => {
    for (;;) await commitOne();
  })();
}
