// npm run build [-- --force] [names]: builds what is missing or stale, in floor order.
import { build } from "./lib/builder.mjs";
import { install } from "./lib/install.mjs";
import { toolNode } from "./lib/node.mjs";
import { main } from "./lib/run.mjs";
import { say, seconds } from "./lib/say.mjs";

await main(async () => {
  const started = performance.now();
  await install();
  await toolNode();
  const names = process.argv.slice(2).filter((it) => !it.startsWith("--"));
  const force = process.argv.includes("--force");
  const built = await build({ force, only: names.length > 0 ? names : undefined });
  const what = built === 0 ? "nothing to build" : `built ${built}`;
  say(`${what}: ${seconds(performance.now() - started)}`);
});
