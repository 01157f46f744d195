import { defineConfig } from "tsdown";

const common = {
  platform: "node",
  target: "es2022",
  sourcemap: false,
  fixedExtension: false,
} as const;

export default defineConfig([
  // The program and the function behind it: each command is a chunk of its own, loaded when it is asked for.
  { ...common, entry: ["src/index.ts", "src/main.ts"], format: "esm", dts: false, clean: false },
  { ...common, entry: ["src/index.ts"], format: "cjs", dts: false, clean: false },
  {
    ...common,
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    dts: { emitDtsOnly: true },
    clean: false,
  },
]);
