// npm start: installs and builds what is missing, then runs the playground until it is stopped.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { build } from "./lib/builder.mjs";
import { install } from "./lib/install.mjs";
import { toolNode } from "./lib/node.mjs";
import { fromRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";

function runPlayground(node) {
  const server = spawn(
    node,
    [fromRoot("apps/playground/server/main.ts"), ...process.argv.slice(2)],
    {
      cwd: fromRoot("apps/playground"),
      // The channel tells the server that we have gone, however that came about.
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    },
  );

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => server.kill(signal));
  }

  server.on("error", (error) => {
    console.error(`the playground could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  server.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 128 + (constants.signals[signal] ?? 0);
  });
}

await main(async () => {
  await install();
  const node = await toolNode();
  await build();
  runPlayground(node);
});
