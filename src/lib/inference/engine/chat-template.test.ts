import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { compileChatTemplate } from "./chat-template.js";

const tokens = { bosToken: "<s>", eosToken: "</s>" };

describe("compileChatTemplate", () => {
  it("renders messages up to the assistant's turn with the model's own template and tokens", () => {
    const source =
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    const render = compileChatTemplate({ source, ...tokens });
    expect(
      render([
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ]),
    ).toBe("<s>[system]Be brief.</s>[user]Hi</s>[assistant]");
  });

  it("uses ChatML for models without a template, and treats developer as system", () => {
    const render = compileChatTemplate({ source: undefined, ...tokens });
    expect(
      render([
        { role: "developer", content: "A" },
        { role: "user", content: "B" },
      ]),
    ).toBe("<|im_start|>system\nA<|im_end|>\n<|im_start|>user\nB<|im_end|>\n<|im_start|>assistant\n");
  });

  it("passes on a template's own complaint as the user's error", async () => {
    const source = "{% if messages[0].role == 'assistant' %}{{ raise_exception('the user begins') }}{% endif %}";
    const error = await errorOf(() => compileChatTemplate({ source, ...tokens })([{ role: "assistant", content: "x" }]));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param: "messages" });
    expect(error.message).toContain("the user begins");
  });

  it.each([
    [
      "refuses it, as Gemma 2 does",
      "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}",
    ],
    ["leaves it out, as early Mistral does", ""],
  ])("puts the system message into the user's turn where the template %s", (_, check) => {
    const turns =
      "{% for m in messages %}{% if m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]{% elif m['role'] == 'assistant' %}{{ m['content'] }}{% endif %}{% endfor %}";
    const render = compileChatTemplate({ source: `${check}${turns}`, ...tokens });
    const asked = { role: "user" as const, content: "Hi" };
    expect(render([{ role: "system", content: "Be brief." }, asked])).toBe("[INST] Be brief.\n\nHi [/INST]");
    expect(render([asked])).toBe("[INST] Hi [/INST]");
  });

  it("refuses a model whose template is broken", async () => {
    expect((await errorOf(() => compileChatTemplate({ source: "{% if %}", ...tokens }))).code).toBe("MODEL_INVALID");
  });
});
