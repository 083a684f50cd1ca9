import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ErrorCode } from "../../base/errors/codes.js";
import { answerGrammars, type AnswerDemand, type AnswerGrammars } from "../chat/formats/answer-grammar.js";
import type { ChatFormat } from "../chat/formats/format.js";
import { checkGrammar, compileFormat, type FormatGrammar } from "../grammar/format-grammar.js";
import type { ResponseFormat } from "../openai/completion.js";

/** What answers of a model's format have to be. */
export interface HeldAnswer {
  format: ChatFormat;
  demand: AnswerDemand;
}

/** What is made of something a request asks for; `param` is the field that refusals name. */
export type GrammarTask =
  | { kind: "format"; format: ResponseFormat; param: string }
  | { kind: "answer"; held: HeldAnswer }
  | { kind: "check"; grammar: string; param: string };

/** The result of each kind of task. */
export interface GrammarResults {
  format: FormatGrammar;
  answer: AnswerGrammars;
  check: undefined;
}

/** A refusal as it goes from one thread to another. */
interface Refusal {
  code: ErrorCode;
  message: string;
  hint: string | undefined;
  param: string | undefined;
}

/** What a task gives, or why it is refused. */
export type GrammarOutcome = { made: GrammarResults[keyof GrammarResults] } | { refused: Refusal };

/** Does a task at once. Throws only for what is a bug. */
export function makeGrammar(task: GrammarTask): GrammarOutcome {
  try {
    return { made: resultOf(task) };
  } catch (thrown) {
    if (!(thrown instanceof LlmopsError)) throw thrown;
    const { code, message, hint, param } = thrown;
    return { refused: { code, message, hint, param } };
  }
}

function resultOf(task: GrammarTask): GrammarResults[keyof GrammarResults] {
  switch (task.kind) {
    case "format":
      return compileFormat(task.format, task.param);
    case "answer":
      return answerGrammars(task.held.format, task.held.demand);
    case "check":
      checkGrammar(task.grammar, task.param);
      return undefined;
  }
}

/** The error that a refusal stands for. */
export function toError({ code, message, hint, param }: Refusal): LlmopsError {
  return new LlmopsError(code, message, { ...(hint !== undefined && { hint }), ...(param !== undefined && { param }) });
}
