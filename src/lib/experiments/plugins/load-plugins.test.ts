import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import type { Completion } from "../../inference/openai/completion.js";
import { resolveScorers } from "../scoring/scorers.js";
import { openSampler } from "../samplers/samplers.js";
import { SearchSpace } from "../samplers/space.js";
import { loadPlugins } from "./load-plugins.js";
import type { GradingTask } from "../judge/judge-method.js";
import { definePlugin, defineScorer, type CustomJudge, type Plugin } from "./plugin.js";

/** A folder with files, by their paths in it. */
function folderWith(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const sample = { id: "1", question: "?", answer: "a", answers: ["a"], topic: null, fields: {} };
const completion = (text: string) =>
  ({
    text,
    finishReason: "stop",
    choices: [],
    usage: { promptTokens: 1, completionTokens: 1 },
    timing: { firstTokenMs: 1, totalMs: 1 },
  }) as Completion;

const BRIEF = `export default { api: 1, scorers: {
  brief: {
    kind: "rate", about: "few words", options: (z) => z.object({ words: z.number().default(5) }),
    score: (sample, { text }, { words }) => text.split(" ").length <= words,
  },
} };`;

describe("scorers of plugins", () => {
  it("are named as built-in ones are, alone, with options, and in formulas", async () => {
    const { scorers } = await loadPlugins(["./mine.mjs"], folderWith({ "mine.mjs": BRIEF }));
    const found = await resolveScorers(["brief:words=2", "mix=0.5*brief+0.5*contains"], scorers);
    expect(found.primary).toMatchObject({ name: "brief", kind: "rate", direction: "max" });
    expect(await found.primary.score(sample, completion("one two"))).toEqual({ value: 1 });
    expect(await found.primary.score(sample, completion("one two three"))).toEqual({ value: 0 });
    expect(found.asked.map(({ name }) => name)).toEqual(["brief", "mix"]);
    expect((await errorOf(() => resolveScorers(["breif"], scorers))).hint).toMatch(/^Did you mean brief\? .*brief:OPTIONS/);
  });

  it("are ended where they take too long, also in a loop", async () => {
    const loop = "export default { api: 1, scorers: { stuck: () => { for (;;); } } };";
    const { scorers } = await loadPlugins(["./mine.mjs"], folderWith({ "mine.mjs": loop }));
    const { primary } = await resolveScorers(["stuck"], scorers);
    const error = await errorOf(() => primary.score(sample, completion("x"), { earlier: {}, timeoutMs: 300 }));
    expect(error).toMatchObject({ code: "SCORER_FAILED", message: expect.stringContaining("0.3 s") as string });
  });

  it("keep to the range they declare", async () => {
    const plugin = definePlugin({ api: 1, scorers: { grade: { range: [1, 5], score: (_, { text }) => Number(text) } } });
    const { primary } = await resolveScorers(["grade"], (await loadPlugins([plugin])).scorers);
    expect(primary.range).toEqual([1, 5]);
    expect(await primary.score(sample, completion("4"))).toEqual({ value: 4 });
    expect((await errorOf(() => primary.score(sample, completion("9")))).message).toContain("outside its range 1 to 5");
  });

  it("of a program run where it does, with typed options", async () => {
    const limit = 3;
    const short = defineScorer<{ at: number }>({
      options: (z) => z.object({ at: z.number().default(limit) }),
      score: (_, { text }, { at }) => text.length <= at,
    });
    const { scorers } = await loadPlugins([{ api: 1, scorers: { short } }]);
    const { primary } = await resolveScorers(["short"], scorers);
    expect(await primary.score(sample, completion("abc"))).toEqual({ value: 1 });
    expect(await primary.score(sample, completion("abcd"))).toEqual({ value: 0 });
  });
});

describe("judges of plugins", () => {
  const rubric = { name: "r", levels: [0, 1, 2] };
  const task = {
    rubric,
    sample: { id: "1" },
    messages: [{ role: "user", content: "?" }],
    votes: 1,
    signal: new AbortController().signal,
  } as unknown as GradingTask;
  const grade = async (score: CustomJudge["score"]) => {
    const { judges } = await loadPlugins([{ api: 1, judges: { mine: { score } } }]);
    return judges.find("mine")?.score(task, {});
  };

  it("have a rubric, a sample and messages of their own", async () => {
    await grade((given) => {
      (given.rubric.levels as unknown[]).length = 0;
      (given.messages as unknown[]).length = 0;
      return null;
    });
    expect(task).toMatchObject({ rubric: { levels: [0, 1, 2] }, messages: [{ content: "?" }] });
  });
});

describe("samplers of plugins", () => {
  const space = new SearchSpace([{ name: "x", kind: "float", low: 0, high: 1, log: false }]);
  const open = async (samplers: NonNullable<Plugin["samplers"]>, written = "mine") =>
    openSampler(written, space, { seed: 1, startUp: 2 }, (await loadPlugins([{ api: 1, samplers }])).samplers);
  const nothing = { observations: [], pending: [] };

  it("cannot change the space", async () => {
    await expect(
      open({
        mine: {
          create: (given) => {
            (given.dimensions as unknown[]).length = 0;
            return { ask: () => ({ params: { x: 0 } }) };
          },
        },
      }),
    ).rejects.toThrow(/The sampler "mine" failed/);
    expect(space.dimensions).toHaveLength(1);
  });

  it("propose settings, with options; those seen best come first unless they rank", async () => {
    const sampler = await open(
      {
        mine: {
          options: (z) => z.object({ at: z.number() }),
          create: (_, __, options) => ({ ask: () => ({ params: { x: (options as { at: number }).at } }) }),
        },
      },
      "mine:at=0.25",
    );
    expect(sampler.ask(nothing)).toEqual({ params: { x: 0.25 } });
    const observations = [1, 3, 2].map((value) => ({ params: { x: 0.25 }, value }));
    expect(sampler.rank(observations).map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it.each([
    ["outside of the space", { ask: () => ({ params: { x: 2 } }) }, "it proposes x = 2, which is not in the space"],
    ["without a parameter", { ask: () => ({ params: {} }) }, "it proposes x = undefined"],
    ["of nothing", { ask: () => null as never }, "its ask gave nothing with params"],
    ["that come later", { ask: () => Promise.resolve({ params: { x: 0 } }) as never }, "its ask gave a promise; it has to answer at once"],
    [
      "that throw",
      {
        ask: () => {
          throw new Error("no idea");
        },
      },
      "no idea",
    ],
  ])("fail by name for proposals %s", async (_, own, why) => {
    const sampler = await open({ mine: { create: () => own } });
    const error = await errorOf(() => sampler.ask(nothing));
    expect(error.code).toBe("PLUGIN_FAILED");
    expect(error.message).toContain(`The sampler "mine" failed: ${why}`);
  });

  it("are unknown by another name", async () => {
    const error = await errorOf(() => open({ mine: { create: () => ({ ask: () => ({ params: {} }) }) } }, "mien"));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", hint: "Did you mean mine? Available: gp, tpe, sobol, random, grid, mine." });
  });
});

describe("a plugin that is a package", () => {
  it.each([
    ["main", { main: "lib.mjs" }],
    ["exports", { exports: "./lib.mjs" }],
    ["conditions of import only", { exports: { ".": { types: "./lib.d.ts", import: { default: "./lib.mjs" } } } }],
  ])("is found by its %s, from a folder below", async (_, fields) => {
    const folder = folderWith({
      "node_modules/@me/brief/package.json": JSON.stringify({ name: "@me/brief", type: "module", ...fields }),
      "node_modules/@me/brief/lib.mjs": BRIEF,
      "sub/empty": "",
    });
    const { loaded } = await loadPlugins(["@me/brief"], join(folder, "sub"));
    expect(loaded[0]).toMatchObject({ source: "@me/brief", path: join(folder, "node_modules/@me/brief/lib.mjs") });
  });
});

describe("a plugin is refused", () => {
  it.each<[string, string, string, RegExp]>([
    ["that is not there", "", "PLUGIN_NOT_FOUND", /other\.mjs does not exist/],
    ["with a syntax error", "export default {", "PLUGIN_INVALID", /syntax/],
    ["that throws", "throw new Error('not today')", "PLUGIN_INVALID", /cannot be imported: not today/],
    ["without a default export", "export const x = 1", "PLUGIN_INVALID", /has no default export/],
    ["that is a scorer", "export default () => 1", "PLUGIN_INVALID", /is not a plugin/],
    ["of no API version", "export default { scorers: {} }", "PLUGIN_INVALID", /api: Invalid input: expected 1/],
    ["of a later API version", "export default { api: 2 }", "PLUGIN_INVALID", /version 2 of the plugin API; this llmops has version 1/],
    ["with an unknown part", "export default { api: 1, metrics: {} }", "PLUGIN_INVALID", /Unrecognized key: "metrics"/],
    [
      "whose scorer does not score",
      "export default { api: 1, scorers: { a: {} } }",
      "PLUGIN_INVALID",
      /scorers\.a: score: must be a function/,
    ],
    [
      "whose scorer has a misspelled fact",
      'export default { api: 1, scorers: { a: { score: () => 1, dirction: "min" } } }',
      "PLUGIN_INVALID",
      /scorers\.a: Unrecognized key: "dirction"/,
    ],
    [
      "whose sampler creates nothing",
      "export default { api: 1, samplers: { a: {} } }",
      "PLUGIN_INVALID",
      /samplers\.a\.create: must be a function/,
    ],
    ["with a name that cannot be written", "export default { api: 1, scorers: { 'a b': () => 1 } }", "PLUGIN_INVALID", /letters, digits/],
    [
      "with the name of a built-in scorer",
      "export default { api: 1, scorers: { exact: () => 1 } }",
      "PLUGIN_INVALID",
      /adds a scorer "exact"/,
    ],
    [
      "with the name of a built-in sampler",
      "export default { api: 1, samplers: { gp: { create() {} } } }",
      "PLUGIN_INVALID",
      /adds a sampler "gp"/,
    ],
    ["with a reserved name", "export default { api: 1, scorers: { accuracy: () => 1 } }", "PLUGIN_INVALID", /another meaning/],
  ])("%s", async (_, content, code, message) => {
    const folder = folderWith(content === "" ? {} : { "other.mjs": content });
    const error = await errorOf(() => loadPlugins(["./other.mjs"], folder));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain("./other.mjs");
    expect(error.hint).toBeDefined();
  });

  it.each([".", ""])("that is a folder: %j", async (source) => {
    const error = await errorOf(() => loadPlugins([source], folderWith({ "mine.mjs": BRIEF })));
    expect(error).toMatchObject({ code: "PLUGIN_NOT_FOUND", message: `The plugin "${source}" is not a file.` });
    expect(error.hint).toContain("such as ./mine.mjs");
  });

  it.each<[string, string, string, RegExp]>([
    [
      "./plugin.json",
      "PLUGIN_INVALID",
      "The plugin ./plugin.json is not a module: .json files cannot contain functions.",
      /ES module, such as \.\/mine\.mjs/,
    ],
    ["plugin.yaml", "PLUGIN_INVALID", "The plugin plugin.yaml is not a module: .yaml files cannot contain functions.", /ES module/],
    ["other.json", "PLUGIN_NOT_FOUND", "The plugin other.json does not exist.", /^Looked for/],
    [
      "file:///work/mine.mjs",
      "PLUGIN_NOT_FOUND",
      'The plugin "file:///work/mine.mjs" is a URL, not a file or a package.',
      /path: \/work\/mine\.mjs$/,
    ],
    [
      "https://example.com/mine.mjs",
      "PLUGIN_NOT_FOUND",
      'The plugin "https://example.com/mine.mjs" is a URL, not a file or a package.',
      /^Save it/,
    ],
  ])("that is not a module: %s", async (source, code, message, hint) => {
    const error = await errorOf(() => loadPlugins([source], folderWith({ "plugin.json": "{}", "plugin.yaml": "api: 1" })));
    expect(error).toMatchObject({ code, message, hint: expect.stringMatching(hint) as string });
  });

  it("with a name another plugin has", async () => {
    const folder = folderWith({ "a.mjs": BRIEF, "b.mjs": BRIEF });
    const error = await errorOf(() => loadPlugins(["./a.mjs", "./b.mjs"], folder));
    expect(error).toMatchObject({ code: "PLUGIN_INVALID", message: expect.stringContaining('./b.mjs adds a scorer "brief"') as string });
    expect((await loadPlugins(["./a.mjs", "./a.mjs"], folder)).loaded).toHaveLength(1);
  });
});
