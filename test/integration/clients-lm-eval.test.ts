import { expect, it } from "vitest";
import { demoServer } from "../helpers/demo-server.js";

/** The requests of lm-evaluation-harness 0.4.13 (local-completions, local-chat-completions), as it sends them. */
const online = demoServer();

interface Choice {
  index: number;
  text: string;
  message: { content: string };
  logprobs: { token_logprobs: (number | null)[]; top_logprobs: Record<string, number>[] };
}
const post = async <Answer>(path: string, body: object): Promise<Answer> => {
  const headers = { "content-type": "application/json", authorization: "Bearer " };
  const response = await fetch(online.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};
const tokenize = async (prompt: string) => (await post<{ tokens: number[] }>("/tokenize", { prompt, add_special_tokens: false })).tokens;
const score = (prompt: number[][]) =>
  post<{ choices: Choice[] }>("/v1/completions", {
    ...{ model: "demo", prompt, temperature: 0, max_tokens: 1 },
    ...{ logprobs: 1, seed: 1234, echo: true },
  });
/** How the harness reads a continuation's log-likelihood: the last entry is that of the one token that was generated. */
function read({ logprobs: { token_logprobs: all, top_logprobs: top } }: Choice, contextLength: number) {
  const own = all.slice(contextLength, -1) as number[];
  const isGreedy = own.every((logprob, i) => logprob === Math.max(...Object.values(top[contextLength + i] ?? {})));
  return { sum: own.reduce((sum, one) => sum + one, 0), isGreedy };
}
/** The same, token by token, each as the only one that may come. */
async function byTokens(context: number[], continuation: number[]): Promise<number> {
  let sum = 0;
  for (const [i, token] of continuation.entries()) {
    const prompt = [...context, ...continuation.slice(0, i)];
    const body = { prompt, max_tokens: 1, logprobs: 0, temperature: 0, allowed_token_ids: [token] };
    sum += (await post<{ choices: [Choice] }>("/v1/completions", body)).choices[0].logprobs.token_logprobs[0] ?? NaN;
  }
  return sum;
}

it("finds the tokenizer of the server, and the tokens that are named in it", async () => {
  const info = (await (await fetch(`${online.url}/tokenizer_info`)).json()) as { eos_token: string; bos_token: string };
  for (const name of [info.eos_token, info.bos_token]) {
    const [token = -1, ...more] = await tokenize(name);
    expect([online.engine.detokenize([token], { special: true }), more]).toEqual([name, []]);
  }
});

it("scores continuations in batches, with the same sums as token by token, wherever the answer would end", async () => {
  const contexts = ["Question: What is the capital of France?\nAnswer:", online.engine.promptText({ messages: chat })];
  const ends = [" Paris", " Madrid", " The capital of France is Paris."];
  const cases: { context: number[]; continuation: number[] }[] = [];
  for (const text of contexts) {
    for (const end of ends) {
      const context = await tokenize(text);
      cases.push({ context, continuation: (await tokenize(text + end)).slice(context.length) });
    }
  }
  const { choices } = await score(cases.map(({ context, continuation }) => [...context, ...continuation]));
  for (const choice of choices.sort((a, b) => a.index - b.index)) {
    const { context = [], continuation = [] } = cases[choice.index] ?? {};
    expect(choice.logprobs.token_logprobs).toHaveLength(context.length + continuation.length + 1);
    expect(read(choice, context.length).sum).toBeCloseTo(await byTokens(context, continuation), 4);
  }
});

it("says of a continuation whether the model itself would have given it, also before the end of the answer", async () => {
  const context = await tokenize(online.engine.promptText({ messages: chat }));
  const { choices } = await post<{ choices: [Choice] }>("/v1/completions", { prompt: [context], temperature: 0, max_tokens: 24 });
  const greedy = await tokenize(choices[0].text);
  const [own, other] = (
    await score([
      [...context, ...greedy],
      [...context, ...(await tokenize("No."))],
    ])
  ).choices as [Choice, Choice];
  expect([read(own, context.length).isGreedy, read(other, context.length).isGreedy]).toEqual([true, false]);
});

it("reads the likelihood of a whole text after the token that texts begin with", async () => {
  const [prefix = 0] = await tokenize("<|im_end|>");
  const text = await tokenize("The question is: What is the capital of France? The answer is Paris");
  const [choice] = (await score([[prefix, ...text]])).choices as [Choice];
  expect(read(choice, 1).sum).toBeCloseTo(await byTokens([prefix], text), 4);
});

it("generates until a text, for tokens and for chats", async () => {
  const prompt = [await tokenize("The capital of France is"), await tokenize("The capital of Spain is")];
  const asked = { model: "demo", max_tokens: 24, temperature: 0.0, seed: 1234 };
  const texts = await post<{ choices: Choice[] }>("/v1/completions", { prompt, ...asked, stop: ["\n", "<|im_end|>"] });
  expect(texts.choices.map(({ text }) => text.trim())).toEqual([expect.stringMatching(/^Paris/), expect.stringMatching(/^Madrid/)]);
  const chats = await post<{ choices: [Choice] }>("/v1/chat/completions", { messages: chat, ...asked, stop: ["\n"] });
  expect(chats.choices[0].message.content).toContain("Paris");
});

const chat = [{ role: "user" as const, content: "What is the capital of France?" }];
