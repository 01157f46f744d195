// npm run packages: packs every published package, installs the tarballs into an empty project, and
// looks at them as their users would: import, require, types under both resolutions, on each Node.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./lib/builder.mjs";
import { Checks, outputIfFailed } from "./lib/checks.mjs";
import { allNodes, toolEnv, toolNode } from "./lib/node.mjs";
import { pack } from "./lib/packed.mjs";
import { fromRoot, packages } from "./lib/paths.mjs";
import { main, run } from "./lib/run.mjs";

const stepTimeoutMs = 120_000;
const env = toolEnv();
const installArgs = ["install", "--no-fund", "--no-audit", "--prefer-offline"];
const checks = new Checks();
const project = mkdtempSync(join(tmpdir(), "hawser-consumer-"));
const manifestOf = (name) =>
  JSON.parse(readFileSync(fromRoot("packages", name, "package.json"), "utf8"));
const inProject = (command, args) =>
  outputIfFailed(run(command, args, { cwd: project, env, timeoutMs: stepTimeoutMs, quiet: true }));

/** The files that the exports of a package name, at any depth of conditions; patterns name none. */
const filesOf = (entry) =>
  typeof entry === "string"
    ? [entry.replace(/^\.\//, "")].filter((file) => !file.includes("*"))
    : Object.values(entry).flatMap((it) => filesOf(it));

/** What must be in a tarball, and what must not. */
function contents({ name, files }) {
  const manifest = packages.map(manifestOf).find((it) => it.name === name);
  const wanted = ["README.md", ...filesOf(manifest.exports)];
  if (name === "hawser") wanted.push("client-dist/socket.io.js", "client-dist/socket.io.min.js");
  const missing = wanted.filter((it) => !files.includes(it));
  const tests = files.filter((it) => it.includes(".test."));
  return [...missing.map((it) => `lacks ${it}`), ...tests.map((it) => `has ${it}`)].join("\n");
}

function writeTsconfig(file, options, files) {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "ES2022",
    lib: ["ES2023", "DOM"],
    types: ["node"],
    typeRoots: [fromRoot("node_modules", "@types")],
    ...options,
  };
  writeFileSync(join(project, file), JSON.stringify({ compilerOptions, files }));
}

/** A project that was written for `ws`, in every shape; and with `ws` itself, so that it is known to be one. */
function projectsForWs() {
  const source = readFileSync(join(project, "for-ws.mts"), "utf8");
  writeFileSync(join(project, "for-ws.ts"), source);
  writeFileSync(join(project, "for-ws.cts"), source);
  writeFileSync(join(project, "ws.mts"), source.replaceAll("@hawser/websocket", "ws"));
  const node16 = { module: "node16", moduleResolution: "node16", esModuleInterop: true };
  const strict = { noImplicitOverride: true, noUncheckedIndexedAccess: true };
  writeTsconfig("for-ws.json", { ...node16, ...strict }, [
    "for-ws.mts",
    "for-ws.cts",
    "for-ws-require.cts",
    "shapes.mts",
  ]);
  const bundler = { module: "esnext", moduleResolution: "bundler" };
  writeTsconfig("for-ws-bundler.json", { ...bundler, ...strict }, ["for-ws.ts"]);
  const paths = { ws: [fromRoot("node_modules", "@types", "ws", "index.d.mts")] };
  writeTsconfig("ws.json", { ...bundler, ...strict, paths }, ["ws.mts"]);
}

async function look(tarballs, tool) {
  for (const packed of tarballs) {
    await checks.check(`${packed.name}: contents`, () => contents(packed));
    await checks.check(`${packed.name}: publint`, () =>
      inProject("publint", ["--strict", packed.tarball]),
    );
    await checks.check(`${packed.name}: types resolve everywhere`, () =>
      inProject("attw", ["--profile", "node16", "--format", "ascii", packed.tarball]),
    );
  }

  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  await checks.check("all of them install into an empty project", () =>
    inProject("npm", installArgs.concat(tarballs.map((it) => it.tarball))),
  );
  if (!existsSync(join(project, "node_modules", "hawser"))) return;

  cpSync(fromRoot("scripts", "consumer"), project, { recursive: true });
  cpSync(join(project, "consumer.mts"), join(project, "consumer.ts"));
  writeTsconfig("node16.json", { module: "node16", moduleResolution: "node16" }, [
    "consumer.mts",
    "consumer.cts",
  ]);
  writeTsconfig("bundler.json", { module: "esnext", moduleResolution: "bundler" }, ["consumer.ts"]);
  projectsForWs();
  for (const resolution of ["node16", "bundler", "for-ws", "for-ws-bundler", "ws"]) {
    await checks.check(`a consumer's types under ${resolution}`, () =>
      inProject("tsc", ["-p", `${resolution}.json`, "--pretty", "false"]),
    );
  }
  // The same project with the types that it was written for, and with ours in their place.
  for (const [whose, file] of [
    ["npm socket.io", fromRoot("node_modules", "socket.io", "dist", "index.d.ts")],
    ["Hawser", join(project, "node_modules", "hawser", "wrapper.d.mts")],
  ]) {
    const paths = { "socket.io": [file] };
    writeTsconfig("alias.json", { module: "esnext", moduleResolution: "bundler", paths }, [
      "project.ts",
    ]);
    await checks.check(`a project for Socket.IO compiles with the types of ${whose}`, () =>
      inProject("tsc", ["-p", "alias.json", "--pretty", "false"]),
    );
  }
  for (const { path, version } of allNodes(tool)) {
    await checks.check(`import and require on Node ${version}`, () =>
      inProject(path, ["smoke.mjs"]),
    );
  }
}

await main(async () => {
  await build({ only: packages });
  try {
    const tarballs = await pack(project);
    const expected = packages.map((name) => manifestOf(name).name);
    await checks.check("every published package packs", () =>
      expected.filter((name) => tarballs.every((it) => it.name !== name)).join("\n"),
    );
    await look(tarballs, await toolNode());
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
  checks.close();
});
