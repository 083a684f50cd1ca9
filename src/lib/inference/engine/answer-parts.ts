import { isJson, type AnswerPlan } from "./answer-plan.js";
import { AnswerPilot, type PilotGrammars } from "./answer-pilot.js";
import type { ChoiceOutputOptions } from "./choice-output.js";
import { AnswerReader } from "../chat/formats/answer-reader.js";
import type { Relaxed } from "../grammar/json-schema.js";
import type { CompletionRequest } from "../openai/completion.js";
import type { GenerationContext } from "./generation-context.js";
import type { JsonGrammars } from "./json-grammar.js";
import type { BuiltPrompt } from "./prompt-builder.js";
import { TokenText } from "./token-bytes.js";
import type { Asking } from "./turns.js";

/** The grammars of an answer, ready for its choices, and what of the schemas they do not hold it to. */
export type PreparedGrammars = PilotGrammars & { relaxed: readonly Relaxed[] };

/**
 * Prepares the grammars of an answer. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for what it cannot be held to, QUEUE_FULL where too
 * many wait to be made already.
 */
export async function prepareGrammars(
  grammars: JsonGrammars,
  { responseFormat, answer }: BuiltPrompt,
  asking: Asking,
): Promise<PreparedGrammars> {
  const none: PreparedGrammars = { start: undefined, answer: undefined, calls: undefined, relaxed: [] };
  if (responseFormat) {
    const { begin, relaxed } = await grammars.grammarFor(responseFormat, { ...asking, param: "response_format" });
    return { ...none, start: begin, relaxed };
  }
  if (!answer) return none;
  if (!answer.held) return none;
  const { start, answer: rest, calls, relaxed } = await grammars.answerGrammars(answer.held, asking);
  const of = (gbnf: string | undefined) =>
    gbnf === undefined ? undefined : grammars.statesOf(gbnf, { ...asking, param: answer.json ? "response_format" : "tools" });
  const held = calls && (await of(calls.grammar));
  return { start: await of(start), answer: await of(rest), calls: calls && held && { mark: calls.mark, grammar: held }, relaxed };
}

/** How the tokens of one choice are read. */
export function toReading({ responseFormat, answer }: BuiltPrompt): Pick<ChoiceOutputOptions, "json" | "reading"> {
  const json = answer ? answer.json : isJson(responseFormat);
  if (!answer?.reading) return { json, reading: undefined };
  const { marks, singleCall } = answer.reading;
  return { json, reading: { reader: readerOf(answer.reading), singleCall, marks } };
}

/** How texts of the answer are cut and shown, and how long they may take. */
export function toTexts(
  request: CompletionRequest,
  { bytes, vocabularySize }: GenerationContext,
): Pick<ChoiceOutputOptions, "stop" | "keepsStop" | "shown" | "limitMs"> {
  const { stop = [], keepsStop = false, showsSpecial = false, decodeLimitMs } = request;
  return { stop, keepsStop, limitMs: decodeLimitMs, ...(showsSpecial && { shown: bytes.allControls(vocabularySize) }) };
}

/** What holds one choice to more than one grammar can; undefined where nothing does. */
export function toPilot(
  { prompts, bytes, endTokens }: GenerationContext,
  { answer }: BuiltPrompt,
  grammars: PilotGrammars,
): AnswerPilot | undefined {
  if (!answer?.reading || (!grammars.answer && !grammars.calls && answer.budget === undefined)) return undefined;
  const { format, marks, options } = answer.reading;
  return new AnswerPilot({
    reader: readerOf({ ...answer.reading, options: { ...options, keepsThoughts: false } }),
    decoder: new TokenText(bytes, marks),
    grammars,
    budget: answer.budget,
    close: format.thoughts[0]?.close ?? "",
    isEndToken: (token) => endTokens.has(token),
    tokenize: (text) => prompts.tokenizeMarks(text),
  });
}

function readerOf({ format, marks, options }: NonNullable<AnswerPlan["reading"]>): AnswerReader {
  const controls = Array.from(marks.values(), (name) => Buffer.from(name).toString("utf8"));
  return new AnswerReader(format, { ...options, controls });
}
