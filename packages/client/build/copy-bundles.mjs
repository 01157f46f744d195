// The bundles also stand directly in dist/, where the URLs of CDNs expect those of socket.io-client; and those for script
// tags once more where they are CommonJS, for whoever requires them by their name in `exports`.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";

const dist = new URL("../dist/", import.meta.url);
const bundles = new URL("browser/", dist);
const scripts = new URL("script/", dist);
mkdirSync(scripts, { recursive: true });
for (const file of readdirSync(bundles)) {
  cpSync(new URL(file, bundles), new URL(file, dist));
  if (!file.includes(".esm.")) cpSync(new URL(file, bundles), new URL(file, scripts));
}
writeFileSync(new URL("package.json", scripts), '{ "type": "commonjs" }\n');
