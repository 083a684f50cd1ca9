import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { atOnce } from "../../../base/slices/slices.js";
import { JinjaTemplate } from "./template.js";
import { TemplateError } from "./values.js";

const FIXTURES = new URL("../../../../../test/fixtures/templates/", import.meta.url);

interface Snippets {
  variables: Record<string, unknown>;
  snippets: string[];
}

/** What the reference renderer makes of a template. */
type Reference = { text: string } | { refused: string } | { failed: string };

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"));
}

const { variables, snippets } = read("snippets.json") as Snippets;
const references = read("snippets-reference.json") as Reference[];

/** The text, or how rendering ends otherwise. */
function outcome(source: string): Reference {
  try {
    return { text: atOnce(new JinjaTemplate(source).render(variables, () => new Date(2026, 0, 2, 3, 4, 5))) };
  } catch (error) {
    if (error instanceof TemplateError) return error.raised ? { refused: error.message } : { failed: error.message };
    return { failed: String(error) };
  }
}

describe("a template", () => {
  it.each(snippets.map((source, i) => [source, references[i]] as const))("means what it means in Python: %s", (source, reference) => {
    const found = outcome(source);
    // how a failure is said is Python's own; that it fails is not
    if (reference && "failed" in reference) expect(found).toHaveProperty("failed");
    else expect(found).toEqual(reference);
  });

  it("is the same however often it is rendered", () => {
    const template = new JinjaTemplate("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}");
    const once = () => atOnce(template.render({}, () => new Date()));
    expect([once(), once()]).toEqual(["3", "3"]);
  });
});
