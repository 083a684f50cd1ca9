import { compileFormat } from "../../grammar/format-grammar.js";
import type { Relaxed } from "../../grammar/json-schema.js";
import { literal } from "../../grammar/rules.js";
import type { ResponseFormat } from "../../openai/completion.js";
import { callGrammar } from "./call-grammar.js";
import { isBare, type ChatFormat } from "./format.js";
import { sequence, text, type CallGrammar } from "./grammar-parts.js";
import { prefixRules } from "./prefix-rules.js";
import { SchemaGrammar, type ToolAt } from "./value-grammar.js";

/** The grammars (GBNF) an answer is held to, by its parts; absent ones leave it free. */
export interface AnswerGrammars {
  /** From the first token on, until a thought begins. */
  start?: string;
  /** Once a thought is over. */
  answer?: string;
  /** After the mark that calls begin with. */
  calls?: { mark: string; grammar: string };
  /** What of the schemas no grammar holds the answer to. */
  relaxed: readonly Relaxed[];
}

/** What an answer has to be. */
export interface AnswerDemand {
  /** Text of a format; calls may be made instead where tools are offered. */
  response?: ResponseFormat | undefined;
  /** The tools that may be called. */
  tools: readonly ToolAt[];
  /** The answer has to be a call. */
  mustCall: boolean;
  parallel: boolean;
  /** Where the prompt leaves the answer: in a thought, before one that may come, or behind all thoughts. */
  thought: "open" | "possible" | "none";
}

/** The names of the rules of a format's grammar begin with it. */
const RESPONSE = "format-";
/** White space that stands between a thought and what follows it. */
const GAP = "[ \\n]{0,4}";

/**
 * The grammars that hold an answer in a family's format to what is asked: text of a format, tool calls, or, where calls are the model's
 * choice, what follows the mark of a call if a tool is strict. Throws INVALID_ARGUMENT for a schema that cannot be held.
 */
export function answerGrammars(format: ChatFormat, demand: AnswerDemand): AnswerGrammars {
  const response = demand.response && compileFormat(demand.response, "response_format");
  const make = (build: (grammar: SchemaGrammar) => string) => {
    const grammar = new SchemaGrammar();
    const own = grammar.rules.toGrammar(build(grammar));
    const text = response ? `${own}\n${prefixRules(response.grammar, RESPONSE)}` : own;
    return { text, relaxed: [...(response?.relaxed ?? []), ...grammar.relaxed] };
  };
  if (!demand.response && !demand.mustCall) return freeCalls(format, demand, make);
  const body = (grammar: SchemaGrammar, isAfterThought: boolean) => {
    const { tools } = demand;
    const ways: string[] = [];
    if (response) ways.push(sequence(lead(format, isAfterThought), `${RESPONSE}root`));
    if (tools.length > 0) ways.push(callExpression(format, callGrammar(grammar, callsOf(format), demand), isAfterThought));
    return ways.length === 1 ? (ways[0] ?? "") : grammar.rules.add("answer", ways.join(" | "));
  };
  const answer = demand.thought === "none" ? undefined : make((grammar) => sequence(GAP, body(grammar, true)));
  const start = demand.thought === "open" ? undefined : make((grammar) => withThought(format, demand, body(grammar, false), grammar));
  const relaxed = (start ?? answer)?.relaxed ?? [];
  return { ...(start && { start: start.text }), ...(answer && { answer: answer.text }), relaxed };
}

function freeCalls(
  format: ChatFormat,
  demand: AnswerDemand,
  make: (build: (grammar: SchemaGrammar) => string) => { text: string; relaxed: readonly Relaxed[] },
): AnswerGrammars {
  const isHeld = demand.tools.some(({ tool }) => tool.strict) || format.isGeneric;
  if (!isHeld || demand.tools.length === 0 || format.layout !== "marks" || isBare(callsOf(format))) return { relaxed: [] };
  let mark = "";
  const { text: grammar, relaxed } = make((schemas) => {
    const calls = callGrammar(schemas, callsOf(format), demand);
    mark = calls.open;
    return sequence(GAP, calls.rest);
  });
  return { calls: { mark, grammar }, relaxed };
}

function callsOf({ calls, name }: ChatFormat): NonNullable<ChatFormat["calls"]> {
  if (!calls) throw new Error(`the format ${name} has no calls`);
  return calls;
}

/** Before the answer a thought may come, which nothing is asked of: the grammar ends with its opening mark. */
function withThought({ thoughts: [first] }: ChatFormat, { thought }: AnswerDemand, body: string, { rules }: SchemaGrammar): string {
  if (thought !== "possible" || !first) return body;
  return `${rules.add("answer", body)} | ${rules.add("thought", sequence("[\\n]?", literal(first.open), "[^\\x00]*"))}`;
}

/** What an answer's text begins with in formats of messages. */
function lead({ layout, answerOpen }: ChatFormat, isAfterThought: boolean): string {
  const role = isAfterThought ? "<|start|>assistant" : "";
  switch (layout) {
    case "channels":
      return text(`${role}<|channel|>final<|message|>`);
    case "recipients":
      return text(`${role} to=user<|message|>`);
    case "chevrons":
      return text("all\n");
    case "marks":
      return answerOpen === "" ? "" : `${literal(answerOpen)}?`;
  }
}

function callExpression({ layout }: ChatFormat, { open, rest }: CallGrammar, isAfterThought: boolean): string {
  const role = "<|start|>assistant";
  switch (layout) {
    case "channels":
      return sequence(text(isAfterThought ? open : open.slice(role.length)), rest);
    case "recipients":
      return sequence(text(`${isAfterThought ? role : ""} to=`), "[a-zA-Z0-9_.-]{1,64}", text("<|message|>"), text(open), rest);
    case "chevrons":
      return rest;
    case "marks":
      return sequence(text(open), rest);
  }
}
