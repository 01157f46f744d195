import { defineConfig } from "tsdown";

const common = {
  platform: "node",
  target: "es2022",
  dts: true,
  sourcemap: true,
  fixedExtension: false,
} as const;

// In CommonJS the class itself is what `require` gives.
export default defineConfig([
  { ...common, entry: ["src/index.ts", "src/internal.ts"], format: "esm" },
  {
    ...common,
    entry: { index: "src/index.cjs.ts", internal: "src/internal.ts" },
    format: "cjs",
    clean: false,
  },
]);
