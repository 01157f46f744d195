import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { documentText } from "./document-text.ts";
import { publishPaths } from "./paths.ts";

describe("the OpenAPI document", () => {
  it("is the one in docs/protocol; if not: npm run openapi -w packages/server", () => {
    const file = new URL("../../../../../docs/protocol/publish.openapi.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(documentText()));
  });

  it("is valid, and what the linter calls good", async () => {
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: {
        // The properties stand beside `oneOf`, which says that exactly one of them is there.
        "no-required-schema-properties-undefined": "off",
      },
    });
    const found = await lintFromString({ source: documentText(), config });
    expect(found.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it("finds mistakes in it", async () => {
    const config = await createConfig({ extends: ["recommended-strict"] });
    const source = documentText().replace("#/components/schemas/Done", "#/components/schemas/Dome");
    expect(await lintFromString({ source, config })).not.toEqual([]);
  });

  it("has all that is served", () => {
    const { paths } = JSON.parse(documentText()) as { paths: Record<string, unknown> };
    const served = publishPaths.map((path) => path.replace(/\{\w+\}/, "{}"));
    expect(
      Object.keys(paths)
        .map((path) => path.replace(/\{\w+\}/, "{}"))
        .toSorted(),
    ).toEqual(served.toSorted());
  });
});
