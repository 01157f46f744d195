// npm run languages: the clients of examples/clients, built and run on a live server.
// --all installs what they need from Debian first; without it those whose tools are here are run.
import { readFileSync } from "node:fs";
import { line } from "./lib/counts.mjs";
import { ensureCrates } from "./lib/crates.mjs";
import { ensureDebian } from "./lib/debian.mjs";
import { install } from "./lib/install.mjs";
import { toolNode } from "./lib/node.mjs";
import { fromRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { runSuite, suites } from "./lib/suites.mjs";

await main(async () => {
  await install();
  if (process.argv.includes("--all")) {
    process.env.HAWSER_LANGUAGES = "all";
    const table = JSON.parse(readFileSync(fromRoot("tests/languages/languages.json"), "utf8"));
    await ensureDebian([...new Set(table.flatMap(({ debian }) => debian))]);
    await ensureCrates(table.flatMap(({ crates }) => crates ?? []));
  }
  const counts = await runSuite(
    suites.find(({ name }) => name === "languages"),
    await toolNode(),
  );
  console.log(line(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
});
