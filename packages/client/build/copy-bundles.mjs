// The bundles also stand directly in dist/, where the URLs of CDNs expect those of socket.io-client.
import { cpSync, readdirSync, writeFileSync } from "node:fs";

const bundles = new URL("../dist/browser/", import.meta.url);
for (const file of readdirSync(bundles)) {
  cpSync(new URL(file, bundles), new URL(`../dist/${file}`, import.meta.url));
}
// Those for script tags are CommonJS for whoever requires them by their name in `exports`.
writeFileSync(new URL("package.json", bundles), '{ "type": "commonjs" }\n');
