// Files that tests read. Found from the package's root, so that compiled tests find them too.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

function findRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "fixtures"))) folder = dirname(folder);
  return folder;
}

export const testsRoot: string = findRoot();

/** A key and a certificate for 127.0.0.1 that protect nothing. */
export const tls = {
  key: readFileSync(join(testsRoot, "fixtures/tls/for-tests-only.key.pem")),
  cert: readFileSync(join(testsRoot, "fixtures/tls/for-tests-only.cert.pem")),
};
