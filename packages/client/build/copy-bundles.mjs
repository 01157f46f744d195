// The bundles also stand directly in dist/, where the URLs of CDNs expect those of socket.io-client.
import { cpSync, readdirSync } from "node:fs";

const bundles = new URL("../dist/browser/", import.meta.url);
for (const file of readdirSync(bundles)) {
  cpSync(new URL(file, bundles), new URL(`../dist/${file}`, import.meta.url));
}
