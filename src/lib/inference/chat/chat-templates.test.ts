import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { atOnce } from "../../base/slices/slices.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { ChatTemplates, templateVariants } from "./chat-templates.js";

const tokens = { bosToken: "<s>", eosToken: "</s>" };
const weather = { name: "weather", parameters: {}, strict: false };
const named = (name: string) => `${name} {% for m in messages %}{{ m.content }}{% endfor %}`;
const variants = new Map(["default", "tool_use", "rag"].map((name) => [name, named(name)]));

describe("the chat templates of a model", () => {
  it("are those of its metadata, by name", () => {
    const metadata = new Map<string, unknown>([
      ["tokenizer.chat_template", "a"],
      ["tokenizer.chat_template.tool_use", "b"],
      ["tokenizer.chat_templates", ["tool_use"]],
      ["tokenizer.ggml.model", "gpt2"],
    ]);
    expect(templateVariants(metadata)).toEqual(
      new Map([
        ["default", "a"],
        ["tool_use", "b"],
      ]),
    );
  });

  it("are chosen by what is asked: tools, documents, or neither", () => {
    const templates = new ChatTemplates({ variants, ...tokens });
    expect(templates.for({}).source).toBe(named("default"));
    expect(templates.for({ tools: [weather] }).source).toBe(named("tool_use"));
    expect(templates.for({ documents: [{}] }).source).toBe(named("rag"));
    const only = new ChatTemplates({ variants: new Map([["default", named("default")]]), ...tokens });
    expect(only.for({ tools: [weather] }).source).toBe(named("default"));
  });

  it("are ChatML where there is none, and the first where none is the default", () => {
    expect(new ChatTemplates({ variants: new Map(), ...tokens }).for({}).source).toContain("<|im_start|>");
    expect(new ChatTemplates({ variants: new Map([["rag", named("rag")]]), ...tokens }).for({}).source).toBe(named("rag"));
  });

  it("give way to a chosen one: a variant, a built-in format, a file", () => {
    const file = join(temporaryFolder(), "own.jinja");
    writeFileSync(file, named("own"));
    const source = (chosen: string) => new ChatTemplates({ variants, chosen, ...tokens }).for({ tools: [weather] }).source;
    expect(source("rag")).toBe(named("rag"));
    expect(source("llama3")).toContain("<|start_header_id|>");
    expect(source(file)).toBe(named("own"));
  });

  it("refuse a choice that is none of these, with the names there are", async () => {
    const error = await errorOf(() => new ChatTemplates({ variants, chosen: "nothing", ...tokens }));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.hint).toContain("default, tool_use, rag, chatml");
  });

  it("are what a request names, of this model or of a built-in format, or the Jinja it brings", () => {
    const templates = new ChatTemplates({ variants, ...tokens });
    const source = (asked: string) => atOnce(templates.requested(asked)).source;
    expect(source("rag")).toBe(named("rag"));
    expect(source("chatml")).toContain("<|im_start|>");
    expect(source(named("own"))).toBe(named("own"));
  });

  it("are not what a request brings that is neither a name nor Jinja, or that is not valid", async () => {
    const templates = new ChatTemplates({ variants, ...tokens });
    const error = await errorOf(() => atOnce(templates.requested("chat-ml")));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "chat_template" });
    expect(error.message).toContain('neither Jinja nor a name: "chat-ml"');
    expect(error.hint).toContain("default, tool_use, rag, chatml");
    const broken = await errorOf(() => atOnce(templates.requested("a\n{% if a %}")));
    expect(broken).toMatchObject({ code: "INVALID_ARGUMENT", param: "chat_template" });
    expect(broken.message).toBe("chat_template is not valid Jinja: line 2: {% if %} has no {% endif %}");
  });

  it("start at once however hostile they are", () => {
    const endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    const { traits } = new ChatTemplates({ variants: new Map([["default", endless]]), ...tokens }).for({});
    expect(traits).toMatchObject({ calls: undefined, results: false });
  });
});
