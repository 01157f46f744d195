import { writeFileSync } from "node:fs";
import { defineConfig } from "tsdown";

// What require() gives is a function that makes a server, with everything exported on it, as
// require("socket.io") is. The names above stay visible to Node's ESM loader.
const callable = `
module.exports = Object.assign(function hawser(srv, opts) {
  return new exports.Server(srv, opts);
}, exports);`;

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/internal.ts",
    // Their types are imported one by one: "socket.io/dist/typed-events" and the like.
    "src/broadcast-operator.ts",
    "src/namespace.ts",
    "src/socket-types.ts",
    "src/socket.ts",
    "src/typed-events.ts",
  ],
  // One build for import and require: tools that patch the classes reach everybody, and there is one of each.
  format: ["cjs"],
  // File by file: OpenTelemetry patches dist/socket.js and dist/broadcast-operator.js; types are imported from others.
  unbundle: true,
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
  platform: "node",
  target: "es2022",
  dts: true,
  sourcemap: true,
  outputOptions: {
    banner: '"use strict";',
    footer: (chunk) => (chunk.name === "index" ? callable : ""),
  },
  hooks: {
    "build:done": () =>
      writeFileSync(new URL("dist/package.json", import.meta.url), '{ "type": "commonjs" }\n'),
  },
});
