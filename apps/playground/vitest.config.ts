import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

// node:sqlite needs Node 22.13 or newer; the workspace brings Node 24.
const config: ViteUserConfig = defineConfig({
  test: { include: ["{server,shared,web}/**/*.test.ts"] },
});

export default config;
