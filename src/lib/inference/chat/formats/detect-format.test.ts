import { describe, expect, it } from "vitest";
import { llamaTemplates } from "../../../../../test/helpers/llama-templates.js";
import { detectFormat } from "./detect-format.js";

const THINK = "<think>";

/** The family of each template, and the mark its thoughts begin with. */
const EXPECTED: Readonly<Record<string, readonly [family: string, thoughts?: string]>> = {
  "Apertus-8B-Instruct": ["apertus", "<|inner_prefix|>"],
  "Apriel-1.6-15b-Thinker-fixed": ["apriel", "Here are my reasoning steps:\n"],
  "Bielik-11B-v3.0-Instruct": ["hermes", THINK],
  "ByteDance-Seed-OSS": ["seed-oss", "<seed:think>"],
  Cohere2MoE: ["cohere", "<|START_THINKING|>"],
  "CohereForAI-c4ai-command-r-plus-tool_use": ["command-r"],
  "CohereForAI-c4ai-command-r7b-12-2024-tool_use": ["cohere", "<|START_THINKING|>"],
  "GLM-4.6": ["glm", THINK],
  "GLM-4.7-Flash": ["glm-tight", THINK],
  "GigaChat3-10B-A1.8B": ["gigachat"],
  "GigaChat3.1-10B-A1.8B": ["gigachat-3.1"],
  "HuggingFaceTB-SmolLM3-3B": ["generic", THINK],
  "Kimi-K2-Instruct": ["kimi-k2"],
  "Kimi-K2-Thinking": ["kimi-k2", THINK],
  "Kimi-K3": ["kimi-k3", "<|open|>think<|sep|>"],
  "LFM2-8B-A1B": ["lfm2"],
  "LFM2.5-8B-A1B": ["lfm2", THINK],
  "LFM2.5-Instruct": ["lfm2", THINK],
  "MiMo-VL": ["hermes"],
  "MiniMax-M1": ["minimax-m1"],
  "MiniMax-M2": ["minimax-m2", THINK],
  "MiniMax-M3": ["minimax-m3", "<mm:think>"],
  "Mistral-Small-3.2-24B-Instruct-2506": ["mistral"],
  "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": ["qwen3-coder", THINK],
  "NVIDIA-Nemotron-Nano-v2": ["nemotron-v2", THINK],
  "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use": ["hermes"],
  "NousResearch-Hermes-3-Llama-3.1-8B-tool_use": ["hermes"],
  "Qwen-QwQ-32B": ["hermes", THINK],
  "Qwen-Qwen2.5-7B-Instruct": ["hermes"],
  "Qwen-Qwen3-0.6B": ["hermes", THINK],
  "Qwen3-Coder": ["qwen3-coder"],
  "Qwen3.5-4B": ["qwen3-coder", THINK],
  "Reka-Edge": ["hermes", THINK],
  "Spark2.5": ["glm-tight", THINK],
  "StepFun3.5-Flash": ["qwen3-coder", THINK],
  "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": ["deepseek-r1", THINK],
  "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": ["deepseek-r1", THINK],
  "deepseek-ai-DeepSeek-V3.1": ["deepseek-v3.1", THINK],
  "deepseek-ai-DeepSeek-V3.2": ["deepseek-dsml", THINK],
  "deepseek-ai-DeepSeek-V4": ["deepseek-dsml-v4", THINK],
  "deepseek-ai-DeepSeek-V4-Flash-0731": ["deepseek-dsml-v4", THINK],
  "fireworks-ai-llama-3-firefunction-v2": ["firefunction"],
  "google-gemma-2-2b-it": ["generic"],
  "google-gemma-4-31B-it": ["gemma", "<|channel>thought"],
  "google-gemma-4-31B-it-interleaved": ["gemma", "<|channel>thought"],
  "ibm-granite-granite-3.3-2B-Instruct": ["granite", THINK],
  "ibm-granite-granite-4.0": ["hermes"],
  "ibm-granite-granite-4.1": ["hermes"],
  "inclusionai-ling-3.0-flash": ["glm", THINK],
  "llama-cpp-deepseek-r1": ["deepseek-r1", THINK],
  "llama-cpp-rwkv-world": ["generic", THINK],
  "meetkai-functionary-medium-v3.1": ["functionary-v3.1"],
  "meetkai-functionary-medium-v3.2": ["functionary-v3.2"],
  "meta-llama-Llama-3.1-8B-Instruct": ["llama-3"],
  "meta-llama-Llama-3.2-3B-Instruct": ["llama-3"],
  "meta-llama-Llama-3.3-70B-Instruct": ["llama-3"],
  "microsoft-Phi-3.5-mini-instruct": ["generic"],
  "mistralai-Ministral-3-14B-Reasoning-2512": ["mistral", "[THINK]"],
  "mistralai-Mistral-Nemo-Instruct-2407": ["mistral-list"],
  "moonshotai-Kimi-K2": ["kimi-k2"],
  "muse-glimmer": ["muse", " to=self<|message|>"],
  "openai-gpt-oss-120b": ["harmony", "<|channel|>analysis<|message|>"],
  "openbmb-MiniCPM5-1B": ["minicpm5", THINK],
  "poolside-Laguna-S-2.1": ["glm-tight", THINK],
  "poolside-Laguna-XS-2.1": ["glm", THINK],
  "poolside-Laguna-XS.2": ["glm", THINK],
  "tencent-Hy3": ["hunyuan", "<think:opensource>"],
  "unsloth-Apriel-1.5": ["apriel", "Here are my reasoning steps:\n"],
  "unsloth-mistral-Devstral-Small-2507": ["mistral"],
  "upstage-Solar-Open-100B": ["solar", "<|think|>"],
};

describe("the formats of the chat templates that llama.cpp collects", () => {
  const templates = llamaTemplates();

  it("are known of each", () => {
    expect([...templates.keys()]).toEqual(expect.arrayContaining(Object.keys(EXPECTED)));
  });

  it.each(Object.entries(EXPECTED))("%s", (name, [family, thoughts]) => {
    const format = detectFormat(templates.get(name));
    expect([format.name, format.thoughts[0]?.open]).toEqual([family, thoughts]);
  });
});

it("knows families whose templates are not among them by what they say", () => {
  const of = (template: string) => detectFormat(template).name;
  expect(of("{% if tools %}<|tool|>{{ tools | tojson }}<|/tool|>{% endif %}")).toBe("phi-4");
  expect(of("{{ tools }}You MUST put it in the format of [func_name1(params_name1=params_value1), func_name2(params)]")).toBe(
    "llama-pythonic",
  );
  expect(of("{{ tools }}<start_function_call>call:f{a:<escape>b<escape>}<end_function_call>")).toBe("function-gemma");
  expect(detectFormat(undefined)).toMatchObject({ name: "generic", isGeneric: true, thoughts: [] });
});
