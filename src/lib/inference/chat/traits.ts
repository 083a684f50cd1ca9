import type { Steps } from "../../base/slices/slices.js";
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
export function* findTraits(raw: RenderRaw): Steps<TemplateTraits> {
  const render: RenderRaw = (messages, tools) => textOrNone(raw(messages, tools));
  const parts =
    !(yield* render([{ role: "user", content: USER }])).includes(USER) &&
    (yield* render([{ role: "user", content: inParts(USER) }])).includes(USER);
  const content = (text: string) => (parts ? inParts(text) : text);
  const user = { role: "user", content: content(USER) };
  const isShown = (yield* render([user])).includes(USER);
  return {
    parts,
    system: (yield* render([{ role: "system", content: content(SYSTEM) }, user])).includes(SYSTEM) || !isShown,
    tools: (yield* render([user], [PROBE_TOOL])).includes(TOOL),
    ...(yield* findCalls(render, { user, content })),
    thoughts: yield* findThoughts(render, user, content),
  };
}

/** No text where a template does not take what it is given. */
function* textOrNone(rendering: Steps<string>): Steps<string> {
  try {
    return yield* rendering;
  } catch (error) {
    if (error instanceof TemplateError) return "";
    throw error;
  }
}

function inParts(text: string): object[] {
  return [{ type: "text", text }];
}

interface Asked {
  user: object;
  content: (text: string) => unknown;
}

type CallTraits = Pick<TemplateTraits, "calls" | "results">;

function* findCalls(render: RenderRaw, { user, content }: Asked): Steps<CallTraits & { shortIds: boolean }> {
  const called = (args: unknown, id: string) =>
    render(
      [
        user,
        { role: "assistant", content: content(""), tool_calls: [{ id, type: "function", function: { name: TOOL, arguments: args } }] },
        { role: "tool", tool_call_id: id, name: TOOL, content: content(RESULT) },
      ],
      [PROBE_TOOL],
    );
  const short = yield* callTraits((args) => called(args, SHORT_ID));
  const long = yield* callTraits((args) => called(args, LONG_ID));
  const shortIds = (short.calls !== undefined && long.calls === undefined) || (short.results && !long.results);
  const found = shortIds ? short : long;
  if (found.calls !== undefined || !found.results) return { ...found, shortIds };
  // results without calls before them are what is left where calls are told in words
  const told = { role: "assistant", content: content("llmops-probe-answer") };
  const result = { role: "tool", tool_call_id: SHORT_ID, name: TOOL, content: content(RESULT) };
  return { calls: undefined, results: (yield* render([user, told, result], [PROBE_TOOL])).includes(RESULT), shortIds };
}

function* callTraits(called: (args: unknown) => Steps<string>): Steps<CallTraits> {
  const asObject = yield* called(ARGUMENTS);
  const asText = yield* called(JSON.stringify(ARGUMENTS));
  // the tool itself is shown too: a call is shown where the value of its argument is; arguments in Python's quotes are not JSON
  if (asObject.includes(VALUE) && !asObject.includes(`'${KEY}': '${VALUE}'`))
    return { calls: "object", results: asObject.includes(RESULT) };
  if (asText.includes(JSON.stringify(ARGUMENTS))) return { calls: "text", results: asText.includes(RESULT) };
  return { calls: undefined, results: asObject.includes(RESULT) };
}

/** Thoughts are often shown of the last turn only, and not without calls. */
function* findThoughts(render: RenderRaw, user: object, content: Asked["content"]): Steps<TemplateTraits["thoughts"]> {
  const names = ["reasoning_content", "reasoning", "thinking"] as const;
  const call = { id: SHORT_ID, type: "function", function: { name: TOOL, arguments: ARGUMENTS } };
  for (const name of names) {
    const answer = { role: "assistant", content: content("llmops-probe-answer"), [name]: THOUGHT };
    const calling = { role: "assistant", content: content(""), [name]: THOUGHT, tool_calls: [call] };
    const result = { role: "tool", tool_call_id: SHORT_ID, name: TOOL, content: content(RESULT) };
    if ((yield* render([user, answer])).includes(THOUGHT)) return name;
    if ((yield* render([user, calling, result], [PROBE_TOOL])).includes(THOUGHT)) return name;
  }
  return undefined;
}
