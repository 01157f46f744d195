import { defineConfig } from "vitest/config";
import type { ViteUserConfig } from "vitest/config";

// node:sqlite needs Node 22.13 or newer; the workspace brings Node 24. Hawser is taken from source, so that no build has to
// come first.
const config: ViteUserConfig = defineConfig({
  resolve: { conditions: ["hawser-source"] },
  ssr: { resolve: { conditions: ["hawser-source"], externalConditions: ["hawser-source"] } },
  test: { include: ["{server,shared,web}/**/*.test.ts"] },
});

export default config;
