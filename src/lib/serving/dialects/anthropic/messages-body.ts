import { z } from "zod";
import { jsonSchema } from "../../../inference/openai/wire-format.js";
import { ownFields } from "../own-fields.js";
import { assistantContent, textContent, userContent } from "./message-blocks.js";

const harmless = (what: string) => z.unknown().optional().describe(`Accepted and ignored: ${what}.`);
const schema = z.record(z.string(), z.unknown());
const display = z.enum(["summarized", "omitted"]).nullish();

const message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("user"), content: userContent }),
  z.object({ role: z.literal("assistant"), content: assistantContent }),
  z.object({ role: z.literal("system"), content: textContent }),
]);

/** Loose: what tools of Anthropic's own have beside is theirs, and they are refused by name. */
const tool = z.looseObject({
  name: z.string(),
  type: z.string().nullish(),
  description: z.string().nullish(),
  input_schema: schema.optional(),
  strict: z.boolean().nullish(),
  input_examples: z.array(schema).nullish(),
});

const single = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoice = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["auto", "any"]), ...single }),
  z.object({ type: z.literal("tool"), name: z.string(), ...single }),
  z.object({ type: z.literal("none") }),
]);

const thinking = z.discriminatedUnion("type", [
  z.object({ type: z.literal("enabled"), budget_tokens: z.number().int().min(1), display }),
  z.object({ type: z.literal("adaptive"), display }),
  z.object({ type: z.literal("disabled") }),
]);

const outputFormat = z.object({ type: z.literal("json_schema"), schema: jsonSchema });
const outputConfig = z.object({ effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(), format: outputFormat.nullish() });

/** What both routes take, as platform.claude.com/docs/en/api/messages has it. */
const promptFields = {
  model: z.string().describe("Any name if the server has one model; the answer names it."),
  messages: z.array(message).min(1).describe("Roles user, assistant, and system; text, tool_use, tool_result, and thinking blocks."),
  system: textContent.nullish(),
  tools: z.array(tool).nullish().describe("Your own tools, with input_schema; tools that run on Anthropic's servers are refused by name."),
  tool_choice: toolChoice.nullish(),
  thinking: thinking.nullish().describe("enabled with budget_tokens, adaptive, or disabled; by default, whatever the chat template does."),
  output_config: outputConfig
    .nullish()
    .describe("format: a JSON schema the answer must follow; effort: for chat templates that read reasoning_effort."),
  output_format: outputFormat.nullish().describe("The same as output_config.format."),
  cache_control: harmless("prompts seen before are reused anyway"),
  container: z.unknown().optional().describe("Refused: this server has no containers."),
  context_management: z.unknown().optional().describe("Refused: this server does not edit prompts."),
  thread: z.unknown().optional().describe("Refused: this server keeps no conversations; send the whole conversation."),
  mcp_servers: z.unknown().optional().describe("Refused unless empty: this server calls no tools."),
  ...{ speed: harmless("there is one speed"), inference_geo: harmless("the model runs where this server runs") },
  ...{ user_profile_id: harmless("keys tell users apart"), workspace_id: harmless("there are no workspaces") },
};

/** POST /v1/messages/count_tokens. */
export const countTokensBodySchema = z.object({ ...promptFields, ...ownFields });

/** POST /v1/messages. */
export const messagesBodySchema = z.object({
  ...promptFields,
  max_tokens: z.number().int().min(0).describe("The most tokens of the answer, thoughts included."),
  stop_sequences: z.array(z.string()).nullish().describe("Texts that end the answer; the one that did is its stop_sequence."),
  stream: z.boolean().nullish().describe("Send the answer as server-sent events."),
  metadata: harmless("keys tell users apart"),
  service_tier: harmless("there is one tier"),
  diagnostics: harmless("caches are not diagnosed"),
  ...ownFields,
});

export type CountTokensBody = z.output<typeof countTokensBodySchema>;
export type MessageParam = z.output<typeof message>;
export type ToolParam = z.output<typeof tool>;
