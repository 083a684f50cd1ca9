import { z } from "zod";

/** What Anthropic's own servers do, or keep; harmless: prefixes are reused here without being asked for. */
const cacheControl = z.unknown().optional().describe("Accepted and ignored: prompts seen before are reused anyway.");

/** What messages of Anthropic's own have beside, which clients send back. */
const unused = z.unknown().optional().describe("Accepted and ignored.");

const textBlock = z.object({ type: z.literal("text"), text: z.string(), citations: unused, cache_control: cacheControl });
const thinkingBlock = z.object({ type: z.literal("thinking"), thinking: z.string(), signature: z.string().nullish() });
const redactedBlock = z
  .object({ type: z.literal("redacted_thinking"), data: z.string() })
  .describe("Accepted and ignored: nobody else can read it.");
const toolUseBlock = z.object({
  ...{ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) },
  ...{ caller: unused, toolset_name: unused, cache_control: cacheControl },
});

/** A text, or a list of blocks of these kinds. */
function contentOf<Block extends z.ZodType>(block: Block): z.ZodUnion<readonly [z.ZodString, z.ZodArray<Block>]> {
  const blocks = z.array(block);
  const error = ({ input }: { input?: unknown }) =>
    Array.isArray(input) ? faultIn(blocks, input) : "a text, or a list of blocks, is expected";
  return z.union([z.string(), blocks], { error });
}

/** What is wrong with the first block that is not as it should be: a union of zod's says nothing of it. */
function faultIn(blocks: z.ZodType, input: readonly unknown[]): string {
  const issue = blocks.safeParse(input).error?.issues[0];
  const path = issue?.path.join(".").replace(/\.type$/, "") ?? "";
  return `block ${path}: ${issue?.message ?? "wrong shape"}`;
}

/** For blocks of other kinds: what a model of text cannot be given is refused, never left out. */
function kindError(kinds: string): { error: (issue: { input?: unknown }) => string } {
  return {
    error: ({ input }) => {
      const { type } = (input ?? {}) as { type?: unknown };
      return `only ${kinds} are supported, not ${JSON.stringify(type) ?? "nothing"}: models are given no pictures, documents or results of Anthropic's tools`;
    },
  };
}

/** Text, whole or in blocks: system prompts, results of tools. */
export const textContent = contentOf(z.discriminatedUnion("type", [textBlock], kindError("text blocks")));

const toolResultBlock = z.object({
  ...{ type: z.literal("tool_result"), tool_use_id: z.string(), content: textContent.nullish(), is_error: z.boolean().nullish() },
  ...{ toolset_name: unused, cache_control: cacheControl },
});

export const userContent = contentOf(z.discriminatedUnion("type", [textBlock, toolResultBlock], kindError("text and tool_result blocks")));
export const assistantContent = contentOf(
  z.discriminatedUnion(
    "type",
    [textBlock, thinkingBlock, redactedBlock, toolUseBlock],
    kindError("text, thinking, redacted_thinking and tool_use blocks"),
  ),
);

export type TextContent = z.output<typeof textContent>;
export type UserContent = z.output<typeof userContent>;
export type AssistantContent = z.output<typeof assistantContent>;

/** The blocks of a content; a text is one. */
export function blocksOf<Block extends { type: string }>(
  content: string | readonly Block[],
): readonly (Block | { type: "text"; text: string })[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
