/** A parameter of sampling that people may set; empty leaves it to the server. */
export interface Parameter {
  name: string;
  label: string;
  min: number;
  max: number;
  step: number | "any";
}

export const PARAMETERS: readonly Parameter[] = [
  { name: "temperature", label: "Temperature", min: 0, max: 2, step: "any" },
  { name: "top_p", label: "Top p", min: 0, max: 1, step: "any" },
  { name: "top_k", label: "Top k", min: 0, max: 1000, step: 1 },
  { name: "min_p", label: "Min p", min: 0, max: 1, step: "any" },
  { name: "frequency_penalty", label: "Frequency penalty", min: -2, max: 2, step: "any" },
  { name: "presence_penalty", label: "Presence penalty", min: -2, max: 2, step: "any" },
  { name: "max_tokens", label: "Most tokens", min: 1, max: 100_000, step: 1 },
  { name: "seed", label: "Seed", min: 0, max: 2 ** 31, step: 1 },
];

export type Side = "a" | "b";

/** What a side asks with. */
export interface Setting {
  endpoint: string;
  model: string;
  system: string;
  /** By parameter, as typed. */
  values: Record<string, string>;
  /** Probabilities of tokens are asked for. */
  probabilities: boolean;
}

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

/** A question, and the answers of both sides as messages; null where a side has none. */
export interface PastTurn {
  question: string;
  answers: Record<Side, string | null>;
}

/** The messages that a side sends: its system prompt, and the turns it answered, with the question that is asked now. */
export function messagesOf({ system }: Pick<Setting, "system">, side: Side, past: readonly PastTurn[], question: string): Message[] {
  const messages: Message[] = system.trim() === "" ? [] : [{ role: "system", content: system }];
  for (const turn of past) {
    const answer = turn.answers[side];
    if (answer === null) continue;
    messages.push({ role: "user", content: turn.question }, { role: "assistant", content: answer });
  }
  return [...messages, { role: "user", content: question }];
}

/** The request of a side: only what was set, so that the server's own defaults hold for the rest. */
export function requestOf(setting: Setting, messages: readonly Message[]): object {
  const numbers = PARAMETERS.flatMap(({ name }) => {
    const text = setting.values[name]?.trim() ?? "";
    const value = Number(text);
    return text === "" || !Number.isFinite(value) ? [] : [[name, value] as const];
  });
  return {
    ...(setting.model !== "" && { model: setting.model }),
    messages,
    stream_options: { include_usage: true },
    ...Object.fromEntries(numbers),
    ...(setting.probabilities && { logprobs: true, top_logprobs: 5 }),
  };
}
