/** What stands around a model's thoughts in its text. */
export interface ThoughtMarks {
  open: string;
  close: string;
}

/** The marks of models people run: DeepSeek R1 and Qwen3, Claude's style, Magistral, Kimi, Seed, Granite. */
export const THOUGHT_MARKS: readonly ThoughtMarks[] = [
  { open: "<think>", close: "</think>" },
  { open: "<thinking>", close: "</thinking>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "\u25c1think\u25b7", close: "\u25c1/think\u25b7" },
  { open: "<seed:think>", close: "</seed:think>" },
  { open: "<thought>", close: "</thought>" },
];

/** A text in two: what the model thought, joined by new lines, and its answer. */
export interface SplitText {
  thoughts: string | undefined;
  answer: string;
}

/**
 * Takes the thoughts out of a text. Thoughts that are not closed leave no answer; text before a closing mark without an opening one
 * was thought too: some templates open the thoughts in the prompt.
 */
export function splitThoughts(text: string, marks: readonly ThoughtMarks[] = THOUGHT_MARKS): SplitText {
  const thoughts: string[] = [];
  let answer = text;
  for (const { open, close } of marks) {
    if (!answer.includes(open) && !answer.includes(close)) continue;
    let rest = answer;
    answer = "";
    for (let end = rest.indexOf(close); end >= 0; end = rest.indexOf(close)) {
      const begin = rest.slice(0, end).indexOf(open);
      if (begin >= 0) answer += rest.slice(0, begin);
      thoughts.push(rest.slice(begin < 0 ? 0 : begin + open.length, end).trim());
      rest = rest.slice(end + close.length);
    }
    const unclosed = rest.indexOf(open);
    if (unclosed >= 0) thoughts.push(rest.slice(unclosed + open.length).trim());
    answer += unclosed >= 0 ? rest.slice(0, unclosed) : rest;
  }
  return thoughts.length === 0 ? { thoughts: undefined, answer: text } : { thoughts: thoughts.join("\n"), answer: answer.trim() };
}
