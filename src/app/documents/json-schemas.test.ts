import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { DOCUMENTS } from "./index.js";
import { schemaFiles } from "./json-schemas.js";

const FOLDER = new URL("../../../schemas/", import.meta.url);

describe("schemas/", () => {
  it("has the schema of every document, as `npm run schemas` writes it", () => {
    const files = schemaFiles();
    expect(readdirSync(FOLDER).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(readFileSync(new URL(name, FOLDER), "utf8"), `${name}: run npm run schemas`).toBe(text);
  });

  it("has valid JSON Schemas, each of the document it is named after", () => {
    const ajv = new Ajv2020({ strict: false });
    for (const [name, text] of schemaFiles()) {
      const schema = JSON.parse(text) as { title: string };
      expect(ajv.validateSchema(schema), name).toBe(true);
      expect(ajv.validate(schema, { schema: "llmops.other/1" }), name).toBe(false);
    }
  });

  it("has no two documents of one name", () => {
    expect(DOCUMENTS.size).toBeGreaterThanOrEqual(55);
    for (const name of DOCUMENTS.keys()) expect(name).toMatch(/^llmops\.[a-z_-]+\/\d+$/);
  });
});
