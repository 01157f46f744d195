// Builds the clients whose tools are on the machine, two at a time, and names the others. Those whose compiler takes long
// only with --all.
import { build, isBuilt, languages, whyNot } from "./toolchains.ts";

const all = process.argv.includes("--all");
const waiting = [...languages];

async function buildInTurn(): Promise<void> {
  for (let language = waiting.shift(); language; language = waiting.shift()) {
    const why = whyNot(language);
    if (why !== false) {
      console.log(`${language.name}: not built: ${why}`);
    } else if (language.slow && !all && !isBuilt(language)) {
      console.log(`${language.name}: not built: takes long; npm run languages -- --all builds it`);
    } else {
      const begun = performance.now();
      await build(language);
      console.log(`${language.name}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    }
  }
}

await Promise.all([buildInTurn(), buildInTurn()]);
