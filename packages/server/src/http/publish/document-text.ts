import { defaultPublishLimits } from "./limits.ts";
import { openApiDocument } from "./openapi.ts";
import { makeSchemas } from "./schemas.ts";

/** The text of docs/protocol/publish.openapi.json: the document of a server with default settings. */
export function documentText(): string {
  return `${JSON.stringify(openApiDocument(makeSchemas(defaultPublishLimits), "/hawser"), null, 2)}\n`;
}
