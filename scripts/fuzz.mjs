// npm run fuzz -- --seconds 60 [--target frames|machine|deflate|handshake|plain] [--seed n]
// Looks for inputs that make the WebSocket package, or the codec of the plain dialect, throw, hang or grow; guided by what V8 saw running.
import { toolEnv, toolNode } from "./lib/node.mjs";
import { fromRoot } from "./lib/paths.mjs";
import { main, run } from "./lib/run.mjs";

const dayMs = 86_400_000;

await main(async () => {
  const script = fromRoot("packages", "websocket", "src", "testing", "fuzz", "main.ts");
  const args = [script, ...process.argv.slice(2)];
  const options = {
    cwd: fromRoot(),
    env: { ...toolEnv(), NODE_OPTIONS: "--no-warnings" },
    timeoutMs: dayMs,
  };
  process.exitCode = (await run(await toolNode(), args, options)).code;
});
