import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { UpstreamRefusal } from "../../inference/gateway/provider-fault.js";
import { MESSAGES_NAMES } from "../dialects/anthropic/to-chat.js";
import type { FieldNames } from "../dialects/field-names.js";
import { RESPONSES_NAMES } from "../dialects/responses/to-chat.js";
import { withFieldNames } from "./with-field-names.js";

const told = (names: FieldNames, error: Error) => errorOf(() => withFieldNames(names, () => Promise.reject(error)));

describe("an error about a field of the chat API", () => {
  it.each([
    [RESPONSES_NAMES, "reasoning_effort", "reasoning.effort"],
    [RESPONSES_NAMES, "response_format.json_schema", "text.format"],
    [RESPONSES_NAMES, "tools[2].function.parameters", "tools[2].parameters"],
    [RESPONSES_NAMES, "max_completion_tokens", "max_output_tokens"],
    [MESSAGES_NAMES, "tools[2].function.parameters", "tools.2.input_schema"],
    [MESSAGES_NAMES, "tools.2.function.name", "tools.2.name"],
    [MESSAGES_NAMES, "reasoning_budget", "thinking.budget_tokens"],
  ])("names the field that was sent, in its text too", async (names, own, sent) => {
    const error = new LlmopsError("UNSUPPORTED_PARAMETER", `This model does not support ${own}.`, {
      param: own,
      hint: `Leave ${own} out.`,
    });
    expect(await told(names, error)).toMatchObject({
      ...{ code: "UNSUPPORTED_PARAMETER", param: sent },
      ...{ message: `This model does not support ${sent}.`, hint: `Leave ${sent} out.` },
    });
  });

  it("keeps words of the language that are also a field's name", async () => {
    const many = new LlmopsError("INVALID_ARGUMENT", "messages: 9 messages, and at most 8 are taken.", { param: "messages" });
    expect(await told(RESPONSES_NAMES, many)).toMatchObject({ param: "input", message: "input: 9 messages, and at most 8 are taken." });
  });

  it("stays as it is where the field has the same name, or the error is about none, or an upstream's", async () => {
    const errors = [
      new LlmopsError("INVALID_ARGUMENT", "seed: wrong.", { param: "seed" }),
      new LlmopsError("QUEUE_FULL", "Wait.", { retryAfterSeconds: 3 }),
      new UpstreamRefusal(422, { error: { param: "reasoning_effort" } }, "no"),
    ];
    for (const error of errors) expect(await errorOf(() => withFieldNames(RESPONSES_NAMES, () => Promise.reject(error)))).toBe(error);
  });
});
