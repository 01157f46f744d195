// The bundlers, each as its documentation calls it, without a word about the client in its configuration.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scratch } from "./scratch.mjs";

export const apps = fileURLToPath(new URL("../apps/", import.meta.url));
const entry = (name) => resolve(apps, "web", name);

async function esbuild(name, format) {
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [entry(name)],
    bundle: true,
    minify: true,
    format,
    write: false,
    metafile: true,
  });
  return { code: outputFiles[0].text, modules: Object.keys(metafile.inputs) };
}

async function rollup(name) {
  const { rollup: roll } = await import("rollup");
  const { nodeResolve } = await import("@rollup/plugin-node-resolve");
  const { default: commonjs } = await import("@rollup/plugin-commonjs");
  const bundle = await roll({
    input: entry(name),
    plugins: [nodeResolve({ browser: true }), commonjs()],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  const { output: chunks } = await bundle.generate({ format: "es" });
  await bundle.close();
  return { code: chunks[0].code, modules: Object.keys(chunks[0].modules) };
}

async function webpack(name, mode, settings = {}) {
  const { default: pack } = await import("webpack");
  const path = scratch("webpack");
  const stats = await new Promise((done, reject) => {
    const config = {
      mode,
      entry: entry(name),
      output: { path, filename: "bundle.js" },
      ...settings,
    };
    pack(config, (error, result) => (error ? reject(error) : done(result)));
  });
  const { errors, warnings, modules } = stats.toJson({
    all: false,
    errors: true,
    warnings: true,
    modules: true,
    nestedModules: true,
    ids: true,
  });
  if (errors.length + warnings.length > 0) throw new Error(JSON.stringify([errors, warnings]));
  const names = modules.flatMap((it) => [it, ...(it.modules ?? [])]).map((it) => it.name ?? "");
  return { code: readFileSync(join(path, "bundle.js"), "utf8"), modules: names };
}

async function vite(name) {
  const { build } = await import("vite");
  const modules = [];
  const result = await build({
    configFile: false,
    logLevel: "error",
    root: join(apps, "web"),
    build: { write: false, rollupOptions: { input: entry(name) } },
    plugins: [{ name: "modules", moduleParsed: ({ id }) => void modules.push(id) }],
  });
  return { code: result.output[0].code, modules };
}

/** Each makes one script of the application; resolves with its code and the modules in it. */
export const bundlers = {
  Vite: () => vite("main.js"),
  "Vite, of CommonJS": () => vite("main.cjs"),
  webpack: () => webpack("main.js", "production"),
  "webpack, of CommonJS, in development": () => webpack("main.cjs", "development"),
  esbuild: () => esbuild("main.js", "esm"),
  "esbuild, of CommonJS": () => esbuild("main.cjs", "iife"),
  Rollup: () => rollup("main.js"),
  "Rollup, of CommonJS": () => rollup("main.cjs"),
};

/** The same of an application that imports `socket.io-client/dist/socket.io.js`. */
export const prebuilt = {
  Vite: () => vite("prebuilt.js"),
  webpack: () => webpack("prebuilt.js", "production"),
  esbuild: () => esbuild("prebuilt.js", "esm"),
  Rollup: () => rollup("prebuilt.js"),
};

const requireForModules =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** A program for Node with all that it needs in one file. */
export async function bundleForNode(bundler, program, format) {
  if (bundler === "esbuild") {
    const { build } = await import("esbuild");
    const { outputFiles } = await build({
      entryPoints: [program],
      bundle: true,
      platform: "node",
      format,
      write: false,
      // Packages in CommonJS call for it.
      ...(format === "esm" && { banner: { js: requireForModules } }),
    });
    return outputFiles[0].text;
  }
  const { code } = await webpack(program, "production", { target: "node" });
  return code;
}
