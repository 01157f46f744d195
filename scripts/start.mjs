// npm start: installs and builds what is missing, then runs the playground until it is stopped.
import { build } from "./lib/builder.mjs";
import { install } from "./lib/install.mjs";
import { toolNode } from "./lib/node.mjs";
import { runPlayground } from "./lib/playground.mjs";
import { main } from "./lib/run.mjs";

await main(async () => {
  await install();
  const node = await toolNode();
  await build();
  runPlayground(node, process.argv.slice(2));
});
