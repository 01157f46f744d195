// Metro with the settings of a React Native project.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apps } from "./bundles.mjs";
import { scratch } from "./scratch.mjs";

const projectRoot = join(apps, "native");
const project = fileURLToPath(new URL("../", import.meta.url));

/** The app's bundle for a platform. */
export async function bundleNative(platform) {
  const { default: Metro } = await import("metro");
  const { getDefaultConfig, mergeConfig } = await import("@react-native/metro-config");
  const modules = [];
  const settings = {
    projectRoot,
    watchFolders: [project],
    maxWorkers: 1,
    resetCache: true,
    reporter: { update() {} },
    resolver: { nodeModulesPaths: [join(project, "node_modules")], useWatchman: false },
    serializer: {
      // React Native itself is not here.
      getModulesRunBeforeMainModule: () => [],
      getPolyfills: () => [],
      processModuleFilter: ({ path }) => modules.push(path) > 0,
    },
  };
  const { code } = await Metro.runBuild(mergeConfig(getDefaultConfig(projectRoot), settings), {
    entry: "index.js",
    platform,
    dev: false,
    minify: false,
    out: join(scratch("metro"), "app.js"),
  });
  return { code, modules };
}
