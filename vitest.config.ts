import { defineConfig } from "vitest/config";

const conditions = ["hawser-source"];

/** Unit tests run from source: the "hawser-source" condition of each package's exports. */
function project(name: string, include: string[], isolate: boolean) {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: { name, include, isolate, testTimeout: 10_000, hookTimeout: 10_000 },
  };
}

const shared = "packages/{protocol,websocket,engine,server,cli}/src/**/*.test.ts";

export default defineConfig({
  test: {
    // They mostly wait; by default a machine of two cores gets one worker.
    maxWorkers: 3,
    projects: [
      // Their files do not touch what others see: modules are loaded once for all, which halves the time.
      project("shared", [shared], false),
      // These change globals, or keep something in their modules.
      project(
        "isolated",
        ["packages/{client,log-sqlite}/src/**/*.test.ts", "apps/*/**/*.test.{ts,tsx}"],
        true,
      ),
    ],
  },
});
