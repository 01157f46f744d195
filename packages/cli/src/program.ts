import { Command, Option } from "commander";
import {
  addHearingOptions,
  addTargetOptions,
  duration,
  portNumber,
  positive,
} from "./connect/options.ts";
import { version } from "./version.ts";
import type { World } from "./terminal/world.ts";

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** The grammar of the command line. What a command does is loaded when it is asked for. */
export function makeProgram(world: World, onExit: (code: number) => void): Command {
  const program = new Command("hawser")
    .description("Talk to realtime servers, measure them, or be one.")
    .version(version, "-V, --version")
    .showHelpAfterError("(hawser --help tells more)")
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      outputError: (text, write) => write(world.errorColours.red(text)),
    })
    .exitOverride();
  addTalking(program, world, onExit);
  addPublishing(program, world, onExit);
  addBench(program, world, onExit);
  addServe(program, world, onExit);
  return program;
}

function addTalking(program: Command, world: World, onExit: (code: number) => void): void {
  const connect = program
    .command("connect")
    .argument(
      "<url>",
      "http(s): Socket.IO; ws(s)://…/hawser/ws: the plain dialect; other ws(s): bare WebSocket",
    )
    .description("a line to type in, or a pipe, to a server in any of its languages")
    .addHelpText("after", connectExamples);
  addHearingOptions(addTargetOptions(connect))
    .option("--stay", "with a pipe: go on listening after its end")
    .action(async (url: string, flags) => {
      const command = await import("./connect/command.ts");
      onExit(await command.connect(world, url, flags));
    });

  const listen = program
    .command("listen")
    .argument("<url>", "as for connect; …/hawser/sse: Server-Sent Events")
    .description("print what a server says");
  addHearingOptions(addTargetOptions(listen))
    .option("-e, --event <name>", "only this event (repeatable)", collect)
    .option("--sse", "as Server-Sent Events (--dialect sse)")
    .action(async (url: string, flags) => {
      const command = await import("./connect/command.ts");
      onExit(await command.listen(world, url, flags));
    });
}

function addBench(program: Command, world: World, onExit: (code: number) => void): void {
  const bench = program
    .command("bench")
    .argument("<url>", "as for connect")
    .description("load a server whose event comes back, and measure")
    .addHelpText("after", benchExamples);
  addTargetOptions(bench)
    .option("-c, --connections <n>", "connections", positive, 10)
    .option("--rate <n>", "messages per second by the clock, of all connections together", positive)
    .option(
      "--in-flight <n>",
      "without --rate: unanswered messages of each connection",
      positive,
      1,
    )
    .addOption(timeOption("-d, --duration <time>", "how long is measured").default(10_000, "10s"))
    .addOption(
      timeOption("--warmup <time>", "how long is not measured before").default(1_000, "1s"),
    )
    .option("--size <bytes>", "payload of a message", positive, 32)
    .option("--event <name>", "the event that comes back", "echo")
    .addOption(
      new Option("--echo <how>", "how it comes back").choices(["ack", "event"]).default("ack"),
    )
    .option("--json", "print the figures as one JSON object")
    .option("--yes", "load another machine than this one with many connections")
    .action(async (url: string, flags) => {
      const command = await import("./bench/command.ts");
      onExit(await command.bench(world, url, flags));
    });
}

function addPublishing(program: Command, world: World, onExit: (code: number) => void): void {
  const publish = program
    .command("publish")
    .argument("<url>", "the server; /hawser/publish is added when it has no path")
    .argument("<event>", "the event's name")
    .argument("[data...]", "its arguments: JSON, or text")
    .description("say something as a backend, over HTTP");
  addTargetOptions(publish)
    .option("--key <key>", "API key (or HAWSER_KEY)")
    .option("-r, --room <name>", "to a room (repeatable)", collect)
    .option("--user <name>", "to all sockets of a user")
    .option("--to-socket <id>", "to one socket")
    .option("--all", "to everybody of the namespace")
    .option("--except <room>", "not to this room (repeatable)", collect)
    .option("--durable", "keep it for those who are away")
    .option("--volatile", "drop it for those who cannot keep up")
    .option("--idempotency-key <text>", "the same text again is published once")
    .option("--socket", "emit it through a socket, as a client")
    .option("--ack", "with --socket: wait for the acknowledgement and print it")
    .option("--timeout <time>", "how long to wait", duration)
    .option("--json", "print the answer as JSON")
    .action(async (url: string, event: string, data: string[], flags) => {
      const command = await import("./publish/command.ts");
      onExit(await command.publish(world, url, [event, ...data], flags));
    });

  program
    .command("key")
    .description("make an API key for publishing, and what the server is to know of it")
    .option("--id <name>", "its name in logs")
    .option(
      "-s, --scope <scope>",
      "publish, publish:room:chat-*, disconnect, join, read, * (repeatable)",
      collect,
    )
    .option("--expires <date>", "when it ends, such as 2030-01-31")
    .option("--hash <key>", "print the hash of a key instead")
    .option("--json", "print JSON")
    .action(async (flags) => {
      const command = await import("./publish/key-command.ts");
      onExit(command.key(world, flags));
    });
}

function addServe(program: Command, world: World, onExit: (code: number) => void): void {
  program
    .command("serve")
    .argument("[config]", "YAML, JSON or a module; hawser.yaml when there is one")
    .description("a server of its own, for backends in any language")
    .option("--init", "write a config with explanations")
    .option("--print-config", "print the config as it is understood, without secrets")
    .option("-p, --port <n>", "the port", portNumber)
    .option("--host <address>", "the address to listen on")
    .action(async (config: string | undefined, flags) => {
      const command = await import("./serve/command.ts");
      onExit(await command.serve(world, config, flags));
    });
}

const timeOption = (flags: string, text: string): Option =>
  new Option(flags, text).argParser(duration);

const benchExamples = `
Examples:
  hawser bench http://localhost:3000 -c 100 --rate 20000 --duration 30s
  hawser bench ws://localhost:3000 --dialect raw --in-flight 16

The server answers, for instance: socket.on("echo", (value, ack) => ack(value))
With --rate a latency counts from when the message was meant to be sent, so that
a server which stalls cannot hide it (no coordinated omission).
`;

const connectExamples = `
Examples:
  hawser connect http://localhost:3000 --token abc
  hawser connect ws://localhost:3000/hawser/ws --room lobby --frames
  echo 'chat "hi" 42' | hawser connect localhost:3000 --json

A line "event json json…" emits an event; /help tells the rest.
Exit codes: 0 fine, 1 refused, 2 wrong usage, 3 no line, 4 time is over.
`;
