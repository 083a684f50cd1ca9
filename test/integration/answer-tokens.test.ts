import { describe, expect, it } from "vitest";
import { demoServer } from "../helpers/demo-server.js";

const online = demoServer();

type Json = Record<string, unknown>;
interface Logged {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  text_offset: number[];
}
interface Choice extends Json {
  index: number;
  text: string;
  finish_reason: string;
  token_ids: number[];
  tokens: number[];
  prompt_token_ids: number[];
  prompt_logprobs: (Record<string, { logprob: number; rank: number | null; decoded_token: string }> | null)[];
  message: { content: string };
  delta: { content?: string };
  logprobs: Logged & { content: Entry[] };
}
interface Entry extends Json {
  id: number;
  token: string;
  bytes: number[];
  logprob: number;
  top_logprobs: Entry[];
  prob: number;
  top_probs: Entry[];
}

const CHAT = "/v1/chat/completions";
const TEXT = "/v1/completions";
const chat = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0, max_tokens: 24 };
const text = { prompt: "The capital of France is", temperature: 0, max_tokens: 8 };
const drawn = { ...text, temperature: 1.2, seed: 11 };

const send = (path: string, body: object) =>
  fetch(online.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const ask = async (path: string, body: object) => {
  const response = await send(path, body);
  const json = (await response.json()) as Json & { choices: Choice[] };
  if (response.status !== 200) throw new Error(JSON.stringify(json));
  return json;
};
const choiceOf = async (path: string, body: object) => (await ask(path, body)).choices[0] as Choice;
const stream = async (path: string, body: object): Promise<(Json & { choices: Choice[] })[]> => {
  const events = (await (await send(path, { ...body, stream: true })).text()).split("\n\n").map((event) => event.replace(/^data: /, ""));
  return events.flatMap((event) => (event === "" || event === "[DONE]" ? [] : [JSON.parse(event) as Json & { choices: Choice[] }]));
};
const choicesIn = (events: { choices: Choice[] }[]) => events.flatMap(({ choices }) => choices);
const textOf = (ids: readonly number[]) => online.engine.detokenize(ids);

describe("return_token_ids", () => {
  it("gives the ids of the prompt, and of the answer with the token that ended it", async () => {
    const answer = await ask(CHAT, { ...chat, return_token_ids: true });
    const [choice] = answer.choices as [Choice];
    expect(answer["prompt_token_ids"]).toEqual(await online.engine.tokenizeRequest({ messages: chat.messages as never }));
    expect(choice.finish_reason).toBe("stop");
    expect(textOf(choice.token_ids)).toBe(choice.message.content);
    expect(choice.token_ids).toHaveLength((answer["usage"] as { completion_tokens: number }).completion_tokens);
  });

  it("gives them with each choice of several prompts", async () => {
    const prompt = [text.prompt, await online.engine.tokenize("One, two,")];
    const { choices } = await ask(TEXT, { ...text, prompt, n: 2, return_token_ids: true });
    for (const choice of choices) {
      expect(textOf(choice.token_ids)).toBe(choice.text);
      expect(textOf(choice.prompt_token_ids)).toBe(choice.index < 2 ? text.prompt : "One, two,");
    }
  });

  it.each([
    ["a chat", CHAT, chat],
    ["a text", TEXT, text],
    ["a text whose end is held back", TEXT, { ...text, stop: ["never to come"] }],
    ["a text that is given back", TEXT, { ...text, echo: true }],
  ])("says the same in a stream of %s, the prompt's once", async (_, path, body) => {
    const whole = await ask(path, { ...body, return_token_ids: true });
    const events = await stream(path, { ...body, return_token_ids: true });
    expect(choicesIn(events).flatMap(({ token_ids: ids = [] }) => ids)).toEqual(whole.choices[0]?.token_ids);
    const prompts = [...events, ...choicesIn(events)].flatMap(({ prompt_token_ids: ids }) => (ids === undefined ? [] : [ids]));
    expect(prompts).toEqual([whole["prompt_token_ids"] ?? whole.choices[0]?.prompt_token_ids]);
  });

  it("changes nothing else", async () => {
    const asked = await choiceOf(CHAT, { ...chat, return_token_ids: true });
    expect({ ...asked, token_ids: undefined }).toEqual(await choiceOf(CHAT, chat));
  });
});

describe("return_tokens", () => {
  it("gives the ids by llama-server's name", async () => {
    const { tokens, text: said } = await choiceOf(TEXT, { ...text, return_tokens: true });
    expect(textOf(tokens)).toBe(said);
    const native = (await ask("/completion", { ...text, n_predict: 8, return_tokens: true })) as unknown as Choice;
    expect(native.tokens).toEqual(tokens);
    expect((await ask("/completion", text))["tokens"]).toEqual([]);
  });

  it("is what every event of a stream of /completion has", async () => {
    const whole = (await ask("/completion", { ...text, return_tokens: true })) as unknown as Choice;
    const events = (await stream("/completion", text)) as unknown as Choice[];
    expect(events.flatMap(({ tokens }) => tokens)).toEqual(whole.tokens);
    expect(events.at(-1)?.tokens).toEqual([]);
  });
});

describe("return_tokens_as_token_ids", () => {
  it.each([[{}], [{ echo: true }]])("names tokens by their ids in log-probabilities of a text, %j", async (more) => {
    const body = { ...text, ...more, logprobs: 2 };
    const plain = (await choiceOf(TEXT, body)).logprobs;
    const named = await choiceOf(TEXT, { ...body, return_tokens_as_token_ids: true, return_token_ids: true });
    const ids = named.logprobs.tokens.map((name) => Number(/^token_id:(\d+)$/.exec(name)?.[1]));
    expect(ids).toEqual([...("echo" in more ? named.prompt_token_ids : []), ...named.token_ids]);
    expect(named.logprobs.token_logprobs).toEqual(plain.token_logprobs);
    expect(Object.keys(named.logprobs.top_logprobs.at(-1) ?? {}).every((name) => /^token_id:\d+$/.test(name))).toBe(true);
  });

  it("does the same in a chat, whose bytes stay those of the token, and in a stream", async () => {
    const body = { ...chat, logprobs: true, top_logprobs: 1 };
    const plain = (await choiceOf(CHAT, body)).logprobs.content;
    const named = (await choiceOf(CHAT, { ...body, return_tokens_as_token_ids: true })).logprobs.content;
    expect(named.map(({ token, bytes }) => [token, bytes])).toEqual(plain.map(({ id, bytes }) => [`token_id:${id}`, bytes]));
    const events = await stream(CHAT, { ...body, return_tokens_as_token_ids: true });
    expect(choicesIn(events).flatMap(({ logprobs }) => logprobs?.content ?? [])).toEqual(named);
  });
});

describe("log-probabilities", () => {
  it("of a text have an entry for the token that ended it, as harnesses rely on", async () => {
    const prompt = online.engine.promptText({ messages: chat.messages as never });
    const ended = await choiceOf(TEXT, { ...text, prompt, max_tokens: 24, logprobs: 1, return_token_ids: true });
    expect(ended.finish_reason).toBe("stop");
    expect(ended.logprobs.tokens).toHaveLength(ended.token_ids.length);
    const events = await stream(TEXT, { ...text, prompt, max_tokens: 24, logprobs: 1 });
    expect(choicesIn(events).flatMap(({ logprobs }) => logprobs?.token_logprobs ?? [])).toEqual(ended.logprobs.token_logprobs);
  });

  it("of a prompt of a single token are there when it is given back", async () => {
    const [token = 0] = await online.engine.tokenize("The");
    const { logprobs } = await choiceOf(TEXT, { ...text, prompt: [token], max_tokens: 1, echo: true, logprobs: 1 });
    expect(logprobs.token_logprobs).toEqual([null, expect.any(Number)]);
  });
});

describe("prompt_logprobs", () => {
  it("are those of the echoed text, by token id and with their ranks", async () => {
    const { logprobs } = await choiceOf(TEXT, { ...text, echo: true, logprobs: 3, max_tokens: 0 });
    const body = { ...text, max_tokens: 1, prompt_logprobs: 3, return_token_ids: true };
    const { prompt_logprobs: prompt, prompt_token_ids: ids, logprobs: none } = await choiceOf(TEXT, body);
    expect(none).toBeNull();
    expect(prompt[0]).toBeNull();
    expect(prompt.map((place, i) => place?.[ids[i] ?? -1]?.logprob ?? null)).toEqual(logprobs.token_logprobs);
    for (const [i, place] of prompt.entries()) {
      const ranks = Object.values(place ?? {}).sort((a, b) => b.logprob - a.logprob);
      expect(ranks.slice(0, 3).map(({ rank }) => rank)).toEqual(place ? [1, 2, 3] : []);
      expect(place?.[ids[i] ?? -1]?.decoded_token).toBe(i === 0 ? undefined : logprobs.tokens[i]);
    }
  });

  it.each([
    ["chat", CHAT, chat],
    ["text", TEXT, text],
  ])("are given for a %s, whole and in the first event of a stream", async (_, path, body) => {
    const whole = await ask(path, { ...body, prompt_logprobs: 1 });
    const told = (whole["prompt_logprobs"] ?? whole.choices[0]?.prompt_logprobs) as unknown[];
    expect(told.length).toBe((whole["usage"] as { prompt_tokens: number }).prompt_tokens);
    const events = await stream(path, { ...body, prompt_logprobs: 1 });
    expect(events[0]?.["prompt_logprobs"] ?? events[0]?.choices[0]?.prompt_logprobs).toEqual(told);
    expect(JSON.stringify(events.slice(1))).not.toContain("prompt_logprobs");
  });
});

describe("echo of a chat", () => {
  const begun = [...chat.messages, { role: "assistant", content: "The capital of" }];
  it("gives back the assistant's last message before its continuation, whole and in a stream", async () => {
    const body = { ...chat, messages: begun, continue_final_message: true, add_generation_prompt: false };
    const plain = await choiceOf(CHAT, body);
    const echoed = await choiceOf(CHAT, { ...body, echo: true });
    expect(echoed.message.content).toBe(`The capital of${plain.message.content}`);
    const events = await stream(CHAT, { ...body, echo: true });
    expect(choicesIn(events).map(({ delta }) => delta.content ?? "")).toEqual(["", "The capital of", ...tail(events)]);
    expect(
      choicesIn(events)
        .map(({ delta }) => delta.content ?? "")
        .join(""),
    ).toBe(echoed.message.content);
  });

  it("gives nothing back where somebody else spoke last", async () => {
    expect(await choiceOf(CHAT, { ...chat, echo: true })).toEqual(await choiceOf(CHAT, chat));
  });
});
const tail = (events: { choices: Choice[] }[]) =>
  choicesIn(events)
    .slice(2)
    .map(({ delta }) => delta.content ?? "");

describe("best_of", () => {
  const likely = ({ logprobs }: Choice) => logprobs.token_logprobs.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const all = { ...drawn, logprobs: 0, n: 6 };

  it("gives the likeliest n of so many answers, which are those that n alone gives", async () => {
    const { choices } = await ask(TEXT, all);
    const expected = choices.sort((a, b) => likely(b) - likely(a)).slice(0, 2);
    const best = await ask(TEXT, { ...all, n: 2, best_of: 6 });
    expect(best.choices.map((choice) => choice.text)).toEqual(expected.map((choice) => choice.text));
    expect(best.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(best.choices[0]?.logprobs).toEqual(expected[0]?.logprobs);
    const tokens = (best["usage"] as { completion_tokens: number }).completion_tokens;
    expect(tokens).toBeGreaterThan(2 * drawn.max_tokens);
  });

  it("does so for each of several prompts, without log-probabilities unless they are asked for, and in a stream", async () => {
    const body = { ...drawn, prompt: [text.prompt, "One, two,"], best_of: 3 };
    const whole = await ask(TEXT, body);
    expect(whole.choices.map(({ index, logprobs }) => [index, logprobs])).toEqual([
      [0, null],
      [1, null],
    ]);
    const streamed = choicesIn(await stream(TEXT, body));
    const joined = [0, 1].map((index) => streamed.flatMap((one) => (one.index === index ? [one.text] : [])).join(""));
    expect(joined).toEqual(whole.choices.map((choice) => choice.text));
  });
});

describe("probabilities of /completion", () => {
  it("name every token by its id, of several with the same text, too", async () => {
    const { completion_probabilities: entries, tokens } = (await ask("/completion", {
      ...text,
      n_probs: 20,
      return_tokens: true,
    })) as unknown as {
      completion_probabilities: Entry[];
      tokens: number[];
    };
    expect(entries.map(({ id }) => id)).toEqual(tokens);
    for (const { top_logprobs: top } of entries) {
      expect(top).toHaveLength(20);
      expect(new Set(top.map(({ id }) => id)).size).toBe(20);
      expect(top.every(({ logprob }) => logprob <= 0)).toBe(true);
    }
  });

  it("are those that tokens were drawn from with post_sampling_probs", async () => {
    const body = { ...drawn, n_predict: 8, top_k: 3, n_probs: 10, post_sampling_probs: true };
    const { completion_probabilities: entries } = (await ask("/completion", body)) as unknown as { completion_probabilities: Entry[] };
    for (const { id, prob, top_probs: top, ...rest } of entries) {
      expect(rest).not.toHaveProperty("logprob");
      expect(top.length).toBeLessThanOrEqual(3);
      expect(top.reduce((sum, one) => sum + one.prob, 0)).toBeCloseTo(1, 4);
      expect(top.find((one) => one.id === id)?.prob).toBeCloseTo(prob, 6);
    }
    const said = { ...drawn, n_predict: 8, top_k: 3 };
    expect((await ask("/completion", body))["content"]).toBe((await ask("/completion", said))["content"]);
  });

  it.each([
    ["without a temperature all of it", { temperature: 0 }, [1]],
    ["of one token with top_k 1", { temperature: 1, top_k: 1 }, [1]],
    ["of one token with a small typical_p", { temperature: 1, typical_p: 1e-6 }, [1]],
  ])("leave %s", async (_, more, probs) => {
    const body = { ...text, ...more, n_predict: 2, n_probs: 4, post_sampling_probs: true };
    const { completion_probabilities: entries } = (await ask("/completion", body)) as unknown as { completion_probabilities: Entry[] };
    expect(entries.map(({ top_probs: top }) => top.map(({ prob }) => prob))).toEqual([probs, probs]);
  });

  it("stand in the place of log-probabilities in a chat, too, and in streams", async () => {
    const body = { ...chat, n_probs: 2, post_sampling_probs: true };
    const { logprobs } = await choiceOf(CHAT, body);
    expect(logprobs.content.every(({ prob, top_probs: top }) => prob === 1 && top.length === 1)).toBe(true);
    expect(choicesIn(await stream(CHAT, body)).flatMap((one) => one.logprobs?.content ?? [])).toEqual(logprobs.content);
    const whole = (await ask("/completion", { ...text, n_probs: 2 })) as unknown as { completion_probabilities: Entry[] };
    const events = (await stream("/completion", { ...text, n_probs: 2 })) as unknown as { completion_probabilities?: Entry[] }[];
    expect(events.flatMap(({ completion_probabilities: entries = [] }) => entries)).toEqual(whole.completion_probabilities);
  });
});
