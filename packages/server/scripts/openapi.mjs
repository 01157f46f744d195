// npm run openapi -w packages/server: writes docs/protocol/publish.openapi.json; a test says when that is due.
import { writeFileSync } from "node:fs";
import { documentText } from "../src/http/publish/document-text.ts";

const file = new URL("../../../docs/protocol/publish.openapi.json", import.meta.url);
writeFileSync(file, documentText());
