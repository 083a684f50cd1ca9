import { atOnce, type Steps } from "../../base/slices/slices.js";
import { TemplateError } from "./jinja/values.js";

/** What a template does with the parts of a conversation, found by rendering short ones. */
export interface TemplateTraits {
  /** Contents have to be lists of parts: plain texts are not shown. */
  parts: boolean;
  /** Shows what a system message says. */
  system: boolean;
  /** Shows the tools offered. */
  tools: boolean;
  /** Shows tool calls, whose arguments it wants as an object or as JSON text; undefined where it does not. */
  calls: "object" | "text" | undefined;
  /** Shows what tools gave back. */
  results: boolean;
  /** Takes ids of calls of nine letters and digits only (Mistral). */
  shortIds: boolean;
  /** The member of a message that it reads the assistant's thoughts from. */
  thoughts: "reasoning_content" | "reasoning" | "thinking" | undefined;
}

/** Renders messages and tools as a template takes them. */
export type RenderRaw = (messages: readonly object[], tools?: readonly object[]) => Steps<string>;

const USER = "llmops-probe-user";
const SYSTEM = "llmops-probe-system";
const TOOL = "llmops_probe_tool";
const KEY = "llmops_probe_key";
const VALUE = "llmops-probe-value";
const RESULT = "llmops-probe-result";
const THOUGHT = "llmops-probe-thought";
const SHORT_ID = "abcdef123";
const LONG_ID = "call_0123456789abcdefghij";
const ARGUMENTS = { [KEY]: VALUE };

const PROBE_TOOL = {
  type: "function",
  function: {
    name: TOOL,
    description: "A tool.",
    parameters: { type: "object", properties: { [KEY]: { type: "string", description: "A key." } }, required: [KEY] },
  },
};

/** Finds a template's traits. Takes a few milliseconds, once for a template. */
export function findTraits(raw: RenderRaw): TemplateTraits {
  const render = (messages: readonly object[], tools?: readonly object[]): string => {
    try {
      return atOnce(raw(messages, tools));
    } catch (error) {
      if (error instanceof TemplateError || error instanceof RangeError) return "";
      throw error;
    }
  };
  const parts =
    !render([{ role: "user", content: USER }]).includes(USER) && render([{ role: "user", content: inParts(USER) }]).includes(USER);
  const content = (text: string) => (parts ? inParts(text) : text);
  const user = { role: "user", content: content(USER) };
  const isShown = render([user]).includes(USER);
  return {
    parts,
    system: render([{ role: "system", content: content(SYSTEM) }, user]).includes(SYSTEM) || !isShown,
    tools: render([user], [PROBE_TOOL]).includes(TOOL),
    ...findCalls(render, { user, content }),
    thoughts: findThoughts(render, user, content),
  };
}

function inParts(text: string): object[] {
  return [{ type: "text", text }];
}

type Render = (messages: readonly object[], tools?: readonly object[]) => string;

interface Asked {
  user: object;
  content: (text: string) => unknown;
}

function findCalls(render: Render, { user, content }: Asked): Pick<TemplateTraits, "calls" | "results" | "shortIds"> {
  const called = (args: unknown, id: string) =>
    render(
      [
        user,
        { role: "assistant", content: content(""), tool_calls: [{ id, type: "function", function: { name: TOOL, arguments: args } }] },
        { role: "tool", tool_call_id: id, name: TOOL, content: content(RESULT) },
      ],
      [PROBE_TOOL],
    );
  const found = [SHORT_ID, LONG_ID].map((id) => {
    const [asObject, asText] = [called(ARGUMENTS, id), called(JSON.stringify(ARGUMENTS), id)];
    // the tool itself is shown too: a call is shown where the value of its argument is; arguments in Python's quotes are not JSON
    const calls =
      asObject.includes(VALUE) && !asObject.includes(`'${KEY}': '${VALUE}'`)
        ? "object"
        : asText.includes(JSON.stringify(ARGUMENTS))
          ? "text"
          : undefined;
    return { calls, results: (calls === "text" ? asText : asObject).includes(RESULT) } as const;
  });
  const [short, long] = found as [(typeof found)[number], (typeof found)[number]];
  const shortIds = (short.calls !== undefined && long.calls === undefined) || (short.results && !long.results);
  return { ...(shortIds ? short : long), shortIds };
}

/** Thoughts are often shown of the last turn only, and not without calls. */
function findThoughts(render: Render, user: object, content: Asked["content"]): TemplateTraits["thoughts"] {
  const names = ["reasoning_content", "reasoning", "thinking"] as const;
  const call = { id: SHORT_ID, type: "function", function: { name: TOOL, arguments: ARGUMENTS } };
  return names.find((name) => {
    const answer = { role: "assistant", content: content("llmops-probe-answer"), [name]: THOUGHT };
    const calling = { role: "assistant", content: content(""), [name]: THOUGHT, tool_calls: [call] };
    const result = { role: "tool", tool_call_id: SHORT_ID, name: TOOL, content: content(RESULT) };
    return [render([user, answer]), render([user, calling, result], [PROBE_TOOL])].some((text) => text.includes(THOUGHT));
  });
}
