import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { AnswerDemand } from "../chat/formats/answer-grammar.js";
import type { ReadingOptions } from "../chat/formats/answer-writer.js";
import type { ChatFormat } from "../chat/formats/format.js";
import type { ModelFormat } from "./model-formats.js";
import type { HeldAnswer } from "./make-grammar.js";
import type { ToolAt } from "../chat/formats/value-grammar.js";
import type { ChatRequest, ReasoningFormat, ResponseFormat, Tool } from "../openai/completion.js";

/** What is done with thoughts unless a request says it. */
export interface ReasoningOptions {
  /** `none` leaves thoughts in the text, with their marks. */
  format?: ReasoningFormat | undefined;
  /** Tokens a thought may have; -1 for any number. */
  budget?: number | undefined;
}

/** How the answer to a chat is read, and what it is held to. */
export interface AnswerPlan {
  /** Undefined where the answer is all text. */
  reading: (ModelFormat & { options: ReadingOptions; singleCall: boolean }) | undefined;
  /** What grammars hold it to; undefined where it is free. */
  held: HeldAnswer | undefined;
  /** What the whole answer has to be, where it is all text. */
  response: ResponseFormat | undefined;
  /** Tokens a thought may have; undefined for any number. */
  budget: number | undefined;
  /** What the answer begins with: the end of the thought, where there is to be none. */
  prefill: string;
  /** The answer's text has to be one JSON value, and ends with it. */
  json: boolean;
}

/** What a plan is made of besides the request. */
export interface PlanContext extends ModelFormat {
  reasoning: ReasoningOptions;
}

/**
 * How an answer is read and held, by what is asked and how the prompt ends. Throws INVALID_ARGUMENT for tools and formats that cannot
 * be had together.
 */
export function planAnswer(request: ChatRequest, prompt: string, { format, marks, reasoning }: PlanContext): AnswerPlan {
  const { thought, prefill, budget } = planThought(request, prompt, { format, reasoning });
  checkTools(request);
  const { offered, ...calling } = planCalls(request);
  const isPlain = !offered && format.thoughts.length === 0 && format.layout === "marks";
  const response = request.responseFormat;
  const options: ReadingOptions = { tools: offered, inThought: thought === "open", keepsThoughts: keepsThoughts(request, reasoning) };
  return {
    reading: isPlain ? undefined : { format, marks, options, singleCall: offered !== undefined && !calling.parallel },
    response: isPlain ? response : undefined,
    held: heldAnswer(format, { response: isPlain ? undefined : response, ...calling, thought }),
    budget,
    prefill,
    json: isJson(response),
  };
}

/** Throws INVALID_ARGUMENT where a call is asked for without tools, two tools have one name, or the answer cannot be call and format at once. */
function checkTools({ tools = [], toolChoice = "auto", responseFormat }: ChatRequest): void {
  const mustCall = toolChoice !== "auto" && toolChoice !== "none";
  if (mustCall && tools.length === 0) {
    const hint = "Send tools, or leave tool_choice out.";
    throw new LlmopsError("INVALID_ARGUMENT", "tool_choice asks for a call, but the request has no tools.", { hint, param: "tool_choice" });
  }
  const names = tools.map(({ name }) => name);
  const again = names.findIndex((name, i) => names.indexOf(name) < i);
  if (again !== -1) {
    throw new LlmopsError("INVALID_ARGUMENT", `tools[${again}] has the name "${names[again] ?? ""}" of another tool.`, {
      hint: "Give each tool a name of its own.",
      param: `tools[${again}].function.name`,
    });
  }
  if (!mustCall || !responseFormat) return;
  const param = responseFormat.field ?? "response_format";
  throw new LlmopsError("INVALID_ARGUMENT", `${param} cannot hold an answer that has to be a call (tool_choice).`, {
    hint: 'Leave one of them out, or ask with tool_choice "auto": then the answer is a call or follows the format.',
    param,
  });
}

/** The tools that are offered, those that may be called, and whether one has to be. */
function planCalls(request: ChatRequest): Pick<AnswerDemand, "tools" | "mustCall" | "parallel"> & { offered: readonly Tool[] | undefined } {
  const { tools = [], toolChoice = "auto", singleToolCall = false } = request;
  const parallel = !singleToolCall && typeof toolChoice !== "object";
  if (tools.length === 0 || toolChoice === "none") return { offered: undefined, tools: [], mustCall: false, parallel };
  return { offered: tools, tools: chosenTools(tools, toolChoice), mustCall: toolChoice !== "auto", parallel };
}

/** Whether an answer of this form is one JSON value. */
export function isJson(format: ResponseFormat | undefined): boolean {
  return format?.type === "json_object" || format?.type === "json_schema";
}

function keepsThoughts({ reasoningFormat }: ChatRequest, { format }: ReasoningOptions): boolean {
  return (reasoningFormat ?? format) === "none";
}

/** Where the answer begins, and how long it may think: a thought that the prompt began ends at once where there is to be none. */
function planThought(
  request: ChatRequest,
  prompt: string,
  { format, reasoning }: Pick<PlanContext, "format" | "reasoning">,
): Pick<AnswerPlan, "budget" | "prefill"> & Pick<AnswerDemand, "thought"> {
  const thought = request.continuesLast === true ? thoughtInside(request, format) : thoughtAtEnd(prompt, format);
  const budget = request.reasoningBudget ?? reasoning.budget ?? -1;
  if (thought === "open" && budget === 0) return { thought: "none", prefill: closing(format), budget: undefined };
  return { thought, prefill: "", budget: budget < 0 || thought === "none" ? undefined : budget };
}

function heldAnswer(format: ChatFormat, demand: AnswerDemand): HeldAnswer | undefined {
  return demand.response || demand.tools.length > 0 ? { format, demand } : undefined;
}

/** What ends a thought that nothing was written in yet. */
function closing({ thoughts, layout }: ChatFormat): string {
  const close = thoughts[0]?.close ?? "";
  return layout === "marks" ? `${close}\n\n` : close;
}

/** Where a prompt leaves the answer: in a thought that it begins, before one the model may begin, or behind one that it ended. */
export function thoughtAtEnd(prompt: string, { thoughts }: ChatFormat): "open" | "possible" | "none" {
  const end = prompt.trimEnd();
  if (thoughts.length === 0 || thoughts.some(({ close }) => end.endsWith(close.trim()))) return "none";
  return thoughts.some(({ open }) => end.endsWith(open.trim())) ? "open" : "possible";
}

/** The same where the answer continues a text of the assistant's. */
function thoughtInside({ messages }: ChatRequest, { thoughts }: ChatFormat): "open" | "none" {
  const begun = messages.at(-1)?.content ?? "";
  return thoughts.some(({ open, close }) => begun.lastIndexOf(open) > begun.lastIndexOf(close)) ? "open" : "none";
}

function chosenTools(tools: readonly Tool[], choice: ChatRequest["toolChoice"]): ToolAt[] {
  const all = tools.map((tool, i) => ({ tool, param: `tools[${i}].function.parameters`, pointer: "" }));
  if (typeof choice !== "object") return all;
  const chosen = all.filter(({ tool }) => tool.name === choice.name);
  if (chosen.length > 0) return chosen;
  throw new LlmopsError("INVALID_ARGUMENT", `tool_choice names "${choice.name}", which is not among the tools.`, { param: "tool_choice" });
}
