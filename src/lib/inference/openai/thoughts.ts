import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Choice, Completion } from "./completion.js";
import { splitChannels } from "./thought-channels.js";

/** What stands around a model's thoughts in its text. */
export interface ThoughtMarks {
  open: string;
  close: string;
}

/** The marks of models people run: DeepSeek R1, Qwen3, GLM, Claude's style, Magistral, Kimi, Seed, EXAONE, Command A, OpenThinker, Apertus, Gemma, MiniMax M3, Hunyuan, Kimi K3. */
export const THOUGHT_MARKS: readonly ThoughtMarks[] = [
  { open: "<think>", close: "</think>" },
  { open: "<thinking>", close: "</thinking>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "\u25c1think\u25b7", close: "\u25c1/think\u25b7" },
  { open: "<seed:think>", close: "</seed:think>" },
  { open: "<thought>", close: "</thought>" },
  { open: "<reasoning>", close: "</reasoning>" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  { open: "<|begin_of_thought|>", close: "<|end_of_thought|>" },
  { open: "<|inner_prefix|>", close: "<|inner_suffix|>" },
  { open: "<|channel>thought", close: "<channel|>" },
  { open: "<mm:think>", close: "</mm:think>" },
  { open: "<think:opensource>", close: "</think:opensource>" },
  { open: "<|open|>think<|sep|>", close: "<|close|>think<|sep|>" },
];

/** What some of these models write around the answer after their thoughts. */
const ANSWER_MARKS =
  /^(?:<(answer|response)>([\s\S]*?)(?:<\/\1>)?|<\|(?:START_RESPONSE|begin_of_solution)\|>([\s\S]*?)(?:<\|(?:END_RESPONSE|end_of_solution)\|>)?)$/;
const CODE = /```[\s\S]*?```|``[^\n]*?``|`[^`\n]+`/g;
const QUOTED = /["'“‘«„]$/;
const UNQUOTED = /^["'”’»“]/;

/** A text in two: what the model thought, joined by new lines, and its answer. */
export interface SplitText {
  thoughts: string | undefined;
  answer: string;
}

/** One mark found in a text. */
interface Found {
  kind: "open" | "close";
  start: number;
  end: number;
  /** It is in code or in quotation marks: talked about, not used. */
  quoted: boolean;
}

/**
 * Takes the thoughts out of a text. Thoughts that are not closed leave no answer; text before a closing mark without an opening one
 * was thought too: some templates open the thoughts in the prompt. Marks in code or in quotation marks, and an opening one in the
 * middle of a line that nothing closes, are part of the answer.
 */
export function splitThoughts(text: string, marks: readonly ThoughtMarks[] = THOUGHT_MARKS): SplitText {
  const channels = splitChannels(text);
  if (channels) return channels;
  if (!anyMarkOf(marks).test(text)) return { thoughts: undefined, answer: text };
  const thoughts: string[] = [];
  let answer = text;
  for (const pair of marks) {
    const pattern = patternOf(pair);
    if (!pattern.test(answer)) continue;
    const split = splitAt(answer, pair);
    thoughts.push(...split.thoughts);
    answer = split.answer;
  }
  if (answer === text) return { thoughts: undefined, answer };
  const bare = answer.trim();
  const [, , plain, special] = ANSWER_MARKS.exec(bare) ?? [];
  const kept = thoughts.map((thought) => thought.trim()).filter((thought) => thought !== "");
  return { thoughts: kept.length > 0 ? kept.join("\n") : undefined, answer: (plain ?? special ?? bare).trim() };
}

function splitAt(text: string, pair: ThoughtMarks): { thoughts: string[]; answer: string } {
  const thoughts: string[] = [];
  let answer = "";
  let rest = text;
  for (;;) {
    const found = findMarks(rest, pair).find(({ quoted }) => !quoted);
    if (!found) return { thoughts, answer: answer + rest };
    if (found.kind === "close") {
      thoughts.push(rest.slice(0, found.start));
      rest = rest.slice(found.end);
      continue;
    }
    const before = rest.slice(0, found.start);
    const inner = rest.slice(found.end);
    const end = closingOf(inner, pair);
    if (!end) {
      if (!/(?:^|\n)[ \t]*$/.test(before)) return { thoughts, answer: answer + rest };
      return { thoughts: [...thoughts, inner], answer: answer + before };
    }
    answer += before;
    thoughts.push(inner.slice(0, end.start));
    rest = inner.slice(end.end);
  }
}

/** The mark that ends thoughts: the first that is not quoted in them, or else the last. */
function closingOf(inner: string, pair: ThoughtMarks): Found | undefined {
  const closing = findMarks(inner, pair).filter(({ kind }) => kind === "close");
  return closing.find(({ quoted }) => !quoted) ?? closing.at(-1);
}

function findMarks(text: string, pair: ThoughtMarks): Found[] {
  const code = Array.from(text.matchAll(CODE), (match) => ({ start: match.index, end: match.index + match[0].length }));
  return Array.from(text.matchAll(patternOf(pair)), (match) => {
    const start = match.index;
    const end = start + match[0].length;
    const inQuotes = QUOTED.test(text.slice(Math.max(0, start - 1), start)) && UNQUOTED.test(text.slice(end, end + 1));
    const quoted = inQuotes || code.some((range) => range.start < start && end < range.end);
    return { kind: match[0].toLowerCase() === pair.open.toLowerCase() ? "open" : "close", start, end, quoted };
  });
}

function patternOf({ open, close }: ThoughtMarks): RegExp {
  return new RegExp(alternatives([open, close]), "gi");
}

/** By the list of marks: most answers have none, and one look for all of them is enough to know. */
const anyMark = new WeakMap<readonly ThoughtMarks[], RegExp>();

function anyMarkOf(marks: readonly ThoughtMarks[]): RegExp {
  const known = anyMark.get(marks) ?? new RegExp(alternatives(marks.flatMap(({ open, close }) => [open, close])), "i");
  anyMark.set(marks, known);
  return known;
}

function alternatives(marks: readonly string[]): string {
  return marks.map((mark) => mark.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|");
}

/** A completion whose choices have their thoughts apart from their answers. */
export function withoutThoughts(completion: Completion, marks?: readonly ThoughtMarks[]): Completion {
  const choices = completion.choices.map((choice) => splitChoice(choice, marks));
  const [first] = choices;
  if (!first || choices.every((choice, i) => choice === completion.choices[i])) return completion;
  return { ...completion, text: first.text, ...(first.thoughts !== undefined && { thoughts: first.thoughts }), choices };
}

/** The choice with its thoughts apart, and the log-probabilities of the tokens of its answer alone. */
function splitChoice(choice: Choice, marks?: readonly ThoughtMarks[]): Choice {
  const { thoughts, answer } = splitThoughts(choice.text, marks);
  if (answer === choice.text) return choice;
  const start = choice.text.lastIndexOf(answer);
  let end = 0;
  const logprobs = choice.logprobs?.filter(({ text }) => (end += text.length) > start);
  const all = [choice.thoughts, thoughts].filter((part) => part !== undefined && part !== "").join("\n");
  return { ...choice, text: answer, logprobs, ...(all !== "" && { thoughts: all }) };
}

/** A completion with its thoughts before the answer again, for scorers that are asked to see them. */
export function withThoughts(completion: Completion): Completion {
  const { thoughts, text } = completion;
  return thoughts === undefined ? completion : { ...completion, text: `${thoughts}\n${text}` };
}

/** Marks written as OPEN,CLOSE, before those known. Throws INVALID_ARGUMENT. */
export function parseThoughtMarks(given: readonly string[]): readonly ThoughtMarks[] {
  const own = given.map((text) => {
    const [open = "", close = "", ...more] = text.split(",").map((mark) => mark.trim());
    if (open !== "" && close !== "" && open !== close && more.length === 0) return { open, close };
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a pair of marks around thoughts.`, {
      hint: "Write the opening and the closing mark with a comma between them: --think-marks '<think>,</think>'.",
    });
  });
  return [...own, ...THOUGHT_MARKS];
}
