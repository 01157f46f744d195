import { readFileSync } from "node:fs";
import { defineConfig } from "tsdown";
import type { UserConfig } from "tsdown";
import { notices } from "./build/notices.ts";
import { small } from "./build/small.ts";

const { name, version, license } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
) as Record<string, string>;
const banner = `/*! ${name} v${version} | ${license} */`;
const msgpack = ["socket.io-msgpack-parser", "notepack.io", "component-emitter"];

// `require()` gives the function itself, as users of socket.io-client expect.
const callable = "module.exports = Object.assign(exports.default, exports);";

const clients = { index: "src/index.ts", websocket: "src/websocket-only/index.ts" };
// It meets the sockets of the others, so it keeps the names by which it knows them.
const extensions = { durable: "src/durable/index.ts" };

const common: UserConfig = {
  target: "es2022",
  sourcemap: true,
  fixedExtension: false,
  clean: false,
};

const modules: UserConfig = {
  ...common,
  format: ["esm", "cjs"],
  outputOptions: (options, format) => ({
    ...options,
    exports: "named",
    ...(format === "cjs" && {
      footer: (chunk) => (/^(index|websocket)\.cjs$/.test(chunk.fileName) ? callable : ""),
    }),
  }),
};

// All in one file: the build shortens names across its modules.
const whole = (conditionNames: string[], minify: boolean, shortens = true): UserConfig => ({
  ...common,
  platform: "browser",
  dts: false,
  hash: false,
  deps: { alwaysBundle: [/^@hawser\//, /^socket\.io-msgpack-parser/] },
  inputOptions: { resolve: { conditionNames: [...conditionNames, "hawser-source", "import"] } },
  plugins: [small({ minify, shortens })],
  // Printed again after the plugin: then without the spaces, too.
  minify: minify && { compress: false, mangle: false, codegen: true },
});

/** For bundlers. Each entry by itself, so that none shares names with another. */
const forBundlers = (outDir: string, conditionNames: string[]): UserConfig[] =>
  Object.entries({ ...clients, ...extensions }).map(([entry, file]) => ({
    ...modules,
    ...whole(conditionNames, false, entry in clients),
    entry: { [entry]: file },
    outDir,
  }));

/** For script tags and CDNs, under the names of socket.io-client. */
const script = (
  file: string,
  entry: string,
  minify: boolean,
  contained: string[] = [],
): UserConfig => ({
  ...whole(["browser"], minify),
  entry: { "socket.io": entry },
  format: "umd",
  globalName: "io",
  outDir: "dist/browser",
  outputOptions: {
    entryFileNames: file,
    exports: "default",
    banner: contained.length > 0 ? `${banner}\n${notices(contained)}` : banner,
  },
});

const module = (file: string, entry: string, shortens = true): UserConfig => ({
  ...whole(["browser"], true, shortens),
  entry: { "socket.io": entry },
  format: "esm",
  outDir: "dist/browser",
  outputOptions: { entryFileNames: file, banner },
});

export default defineConfig([
  // Node.js, and the types for all.
  {
    ...modules,
    entry: { ...clients, ...extensions, internal: "src/internal.ts" },
    platform: "node",
    dts: true,
  },
  ...forBundlers("dist/web", ["browser"]),
  ...forBundlers("dist/native", ["react-native", "browser"]),
  script("socket.io.js", "src/script.ts", false),
  script("socket.io.min.js", "src/script.ts", true),
  script("socket.io.msgpack.min.js", "src/msgpack/script.ts", true, msgpack),
  module("socket.io.esm.min.js", "src/index.ts"),
  module("socket.io.websocket.esm.min.js", "src/websocket-only/index.ts"),
  module("socket.io.durable.esm.min.js", "src/durable/index.ts", false),
]);
