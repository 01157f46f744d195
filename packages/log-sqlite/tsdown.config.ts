import { defineConfig } from "tsdown";

const common = {
  platform: "node",
  target: "es2022",
  sourcemap: true,
  fixedExtension: false,
} as const;

export default defineConfig([
  { ...common, entry: ["src/index.ts"], format: ["esm", "cjs"], dts: true },
  // One for both: a thread loads ECMAScript modules whoever starts it.
  {
    ...common,
    entry: { worker: "src/worker/main.ts" },
    format: "esm",
    dts: false,
    clean: false,
  },
]);
