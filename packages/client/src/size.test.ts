import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { mangled } from "../build/small.ts";

interface Sizes {
  minified: number;
  gzip: number;
  brotli: number;
}

/** What somebody downloads who bundles `io` of a module, or another name of it, in bytes. */
async function sizesOf(module: string, name = "io"): Promise<Sizes> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${name} } from "${module}"`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    mangleProps: module.startsWith(".") && name === "io" ? mangled : undefined,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["hawser-source"],
    write: false,
  } as Parameters<typeof build>[0]);
  const code = outputFiles![0]!.contents;
  return {
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
  };
}

describe("the size of what a page downloads, against socket.io-client", () => {
  let theirs: Sizes;
  beforeAll(async () => {
    theirs = await sizesOf("socket.io-client");
  });

  it.each([
    ["io", "./index.ts", 0.6],
    ["io of the websocket-only entry", "./websocket-only/index.ts", 0.4],
  ])("%s", async (_, module, share) => {
    const ours = await sizesOf(module);
    expect(ours.minified).toBeLessThanOrEqual(theirs.minified * share);
    expect(ours.gzip).toBeLessThanOrEqual(theirs.gzip * share);
    expect(ours.brotli).toBeLessThanOrEqual(theirs.brotli * share);
  });

  it("durable, which comes on top, and with the websocket-only entry is a whole client", async () => {
    const durable = await sizesOf("./durable/index.ts", "durable");
    const websocket = await sizesOf("./websocket-only/index.ts");
    expect(durable.gzip).toBeLessThanOrEqual(9000);
    expect(durable.gzip + websocket.gzip).toBeLessThan(theirs.gzip * 1.05);
  });
});
