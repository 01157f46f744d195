import { readFileSync } from "node:fs";
import { defineConfig } from "tsdown";
import type { UserConfig } from "tsdown";

const { name, version, license } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
) as Record<string, string>;
const banner = `/*! ${name} v${version} | ${license} */`;

// `require()` gives the function itself, as users of socket.io-client expect.
const callable = "module.exports = Object.assign(exports.default, exports);";

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
      footer: (chunk) => (chunk.fileName === "index.cjs" ? callable : ""),
    }),
  }),
};

const bundle: UserConfig = {
  ...common,
  outDir: "dist/browser",
  platform: "browser",
  dts: false,
  hash: false,
  deps: { alwaysBundle: [/^@hawser\//] },
  inputOptions: { resolve: { conditionNames: ["hawser-source", "browser", "import"] } },
};

const script: UserConfig = {
  ...bundle,
  entry: { "socket.io": "src/script.ts" },
  format: "umd",
  globalName: "io",
};

export default defineConfig([
  // Node.js, and the types for all.
  { ...modules, entry: ["src/index.ts", "src/internal.ts"], platform: "node", dts: true },
  // Bundlers for browsers and React Native.
  {
    ...modules,
    entry: ["src/index.ts"],
    outDir: "dist/web",
    platform: "browser",
    dts: false,
    inputOptions: { resolve: { conditionNames: ["browser", "import"] } },
  },
  // Script tags.
  {
    ...script,
    outputOptions: { entryFileNames: "socket.io.js", exports: "default", banner },
  },
  {
    ...script,
    minify: true,
    outputOptions: { entryFileNames: "socket.io.min.js", exports: "default", banner },
  },
  {
    ...bundle,
    entry: { "socket.io": "src/index.ts" },
    format: "esm",
    minify: true,
    outputOptions: { entryFileNames: "socket.io.esm.min.js", banner },
  },
]);
