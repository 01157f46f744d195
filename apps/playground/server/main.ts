import { addressesOf } from "./addresses.ts";
import { ConfigError, readConfig, usage } from "./config.ts";
import type { Config } from "./config.ts";
import { NotBuiltError } from "./http/static-files.ts";
import { Playground } from "./playground.ts";

const stopTimeoutMs = 5000;
/** One Ctrl+C arrives several times: from the terminal, and from each process that passes it on. */
const samePressMs = 500;

// Whoever read our output may go first; that is no reason not to stop in good order.
process.stdout.on("error", () => {});

await main();

async function main(): Promise<void> {
  try {
    const config = readConfig(process.argv.slice(2), process.env);
    if (config === "help") {
      console.log(usage);
      return;
    }
    await run(config);
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof NotBuiltError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function run(config: Config): Promise<void> {
  const playground = await Playground.start(config).catch((error: unknown) => {
    throw explained(error, config);
  });
  greet(playground, config);
  stopOnSignal(playground);
}

function greet(playground: Playground, config: Config): void {
  const [first, ...others] = addressesOf(playground.address);
  console.log(`\n  Hawser playground is ready:  ${first}`);
  for (const address of others) console.log(`  from your network:           ${address}`);
  const { publishKey } = playground;
  if (publishKey !== undefined) console.log(`\n  To publish over HTTP:        ${publishKey}`);
  console.log(`\n  Messages are kept beside ${config.database}`);
  console.log("  Press Ctrl+C to stop.\n");
}

/** What can go wrong at the start, with what to do about it. */
function explained(error: unknown, { port, host, database }: Config): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EADDRINUSE":
      return new ConfigError(
        `Port ${port} is in use by another program. Stop that program, or take another port:\n\n  npm start -- --port ${port + 1}\n`,
      );
    case "EACCES":
      return new ConfigError(
        `Port ${port} needs more rights than this user has. Take one above 1023:\n\n  npm start -- --port 3000\n`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ConfigError(
        `This computer has no address "${host}". Leave --host (or HOST) out, or use 0.0.0.0 for all.`,
      );
    case "ERR_SQLITE_ERROR":
      return new ConfigError(
        `The database ${database} cannot be used: ${message}. Name another file with --db.`,
      );
    case "LOG_LOCKED":
      return new ConfigError(
        `The messages beside ${database} are in use by another playground. Stop that one, or name another file with --db.`,
      );
    case undefined:
    default:
      return error;
  }
}

function stopOnSignal(playground: Playground): void {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    if (stoppingSince !== undefined) {
      // A second Ctrl+C does not wait.
      if (performance.now() - stoppingSince > samePressMs) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    console.log("Stopping…");
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    void playground.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // Whoever started us has gone without a word.
  process.on("disconnect", stop);
}
