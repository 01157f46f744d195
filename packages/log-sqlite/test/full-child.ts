// Writes until the file may not grow any more; says how that was told, and what is in the log then.
import { fileLog } from "../src/file-log.ts";

const log = fileLog(process.argv[2]!, { durability: "none" });
await log.open({});
const confirmed: number[] = [];
const refused: string[] = [];
const text = "x".repeat(20_000);
const entry = { namespace: "/", rooms: ["all"], except: [], text, attachments: [] };
for (let at = 0; at < 100 && refused.length < 20; at++) {
  const batches = [1, 2, 3, 4].map(() => log.commit({ entries: [entry], states: [] }));
  for (const result of await Promise.allSettled(batches)) {
    if (result.status === "fulfilled") confirmed.push(result.value);
    else refused.push((result.reason as { code: string }).code);
  }
}
const all = { namespace: "/", spans: [{ room: "all", after: 0 }], after: 0 };
const { records } = await log.read({ ...all, limit: 10_000, bytes: 1e9 });
const offsets = records.map((it) => it.offset);
process.stdout.write(JSON.stringify({ confirmed, refused, offsets }));
process.exit();
