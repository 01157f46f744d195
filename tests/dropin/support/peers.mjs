// The same project twice: over npm's packages, so that it is known to be right, and over Hawser's.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../", import.meta.url));
const modules = join(project, "node_modules");
const require = createRequire(import.meta.url);

/** Where npm's packages lie, by the names that programs know them by. */
export const originals = {
  "socket.io": join(modules, "original-server"),
  "socket.io-client": join(modules, "original-client"),
  "engine.io": dirname(
    dirname(createRequire(require.resolve("original-server")).resolve("engine.io")),
  ),
};
/** Where ours lie. */
export const aliased = Object.fromEntries(
  Object.keys(originals).map((name) => [name, join(modules, name)]),
);

/** Writes the project over some packages, as CommonJS or as ESM; resolves with its folder. */
export function typeProject(name, packages, kind) {
  const folder = join(project, `types-${name}-${kind}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  for (const [alias, target] of Object.entries(packages)) {
    symlinkSync(target, join(folder, "node_modules", alias));
  }
  const source = join(project, "types", "src");
  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: kind }));
  if (kind === "module") {
    for (const file of readdirSync(source).filter((it) => it.endsWith(".ts"))) {
      const text = readFileSync(join(source, file), "utf8").replace('"./events"', '"./events.js"');
      writeFileSync(join(folder, file), text);
    }
  }
  return folder;
}
