// Runs the playground's server as a child, and starts it again when a page of it has had it killed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fromRoot } from "./paths.mjs";

/** Until the server ends by itself, or by a signal that we are given. */
export function runPlayground(node, args) {
  let server = start(node, args);

  function watch() {
    let order;
    server.on("error", (error) => {
      console.error(`the playground could not be started: ${error.message}`);
      process.exitCode = 1;
    });
    server.on("message", (message) => {
      if (message?.type !== "kill") return;
      order = message;
      server.kill("SIGKILL");
    });
    server.on("exit", (code, signal) => {
      if (order === undefined) {
        process.exitCode = signal === null ? code : 128 + (constants.signals[signal] ?? 0);
        return;
      }
      console.log("  The server was killed (SIGKILL) from its page. It is started again.");
      // The last one counts: the same port again, also where any free one was asked for.
      server = start(node, [...args, "--port", String(order.port)]);
      watch();
    });
  }

  watch();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => server.kill(signal));
  }
}

function start(node, args) {
  return spawn(node, [fromRoot("apps/playground/server/main.ts"), ...args], {
    cwd: fromRoot("apps/playground"),
    // The channel tells the server that we have gone, however that came about, and us that it is to be killed.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
}
