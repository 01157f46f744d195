import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Target = string | { [condition: string]: Target };

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  exports: Record<string, Target>;
};

/** What a tool gets that looks for these conditions: the first key that it knows, at every level. */
function resolve(target: Target, conditions: readonly string[]): string | undefined {
  if (typeof target === "string") return target;
  for (const [condition, inner] of Object.entries(target)) {
    if (condition !== "default" && !conditions.includes(condition)) continue;
    const found = resolve(inner, conditions);
    if (found) return found;
  }
  return undefined;
}

const tools: Record<string, [string[], string]> = {
  Vite: [["import", "module", "browser", "production"], "web/index.js"],
  webpack: [["import", "webpack", "production", "browser"], "web/index.js"],
  "webpack, require": [["require", "webpack", "production", "browser"], "web/index.cjs"],
  esbuild: [["import", "module", "browser"], "web/index.js"],
  "a worker of Cloudflare": [["import", "workerd", "worker", "browser"], "web/index.js"],
  "React Native": [["import", "react-native"], "native/index.js"],
  "React Native, require": [["require", "react-native"], "native/index.cjs"],
  Node: [["import", "node", "module-sync"], "index.js"],
  "Node, require": [["require", "node"], "index.cjs"],
  Bun: [["import", "bun", "node"], "index.js"],
  Deno: [["import", "deno", "node"], "index.js"],
  "what says nothing of itself": [["import"], "web/index.js"],
  TypeScript: [["types", "import", "node"], "index.d.ts"],
  "TypeScript, require": [["types", "require", "node"], "index.d.cts"],
};

describe("the exports of the package", () => {
  it.each(Object.entries(tools))("lead %s to the right files", (_, [conditions, file]) => {
    expect(resolve(manifest.exports["."]!, conditions)).toBe(`./dist/${file}`);
    expect(resolve(manifest.exports["./debug"]!, conditions)).toBe(`./dist/${file}`);
    const websocket = file.replace("index", "websocket");
    expect(resolve(manifest.exports["./websocket"]!, conditions)).toBe(`./dist/${websocket}`);
    const durable = file.replace("index", "durable");
    expect(resolve(manifest.exports["./durable"]!, conditions)).toBe(`./dist/${durable}`);
  });

  it("have the paths of socket.io-client", () => {
    const keys = Object.keys(manifest.exports);
    for (const path of ["./package.json", "./dist/socket.io.js", "./dist/socket.io.js.map"]) {
      expect(keys.some((key) => path === key || path.startsWith(key.split("*")[0]!))).toBe(true);
    }
  });
});
