import { defineConfig } from "vitest/config";

// Unit tests run from source: the "hawser-source" condition of each package's exports.
export default defineConfig({
  resolve: { conditions: ["hawser-source"] },
  ssr: { resolve: { conditions: ["hawser-source"], externalConditions: ["hawser-source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/**/*.test.{ts,tsx}"],
    // They mostly wait; by default a machine of two cores gets one worker.
    minWorkers: 3,
    maxWorkers: 3,
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
