import { beforeAll, describe, expect, it } from "vitest";
import { allCommands, type KnownCommand } from "../../../test/helpers/all-commands.js";
import { normalizeArgv } from "../command/normalize-argv.js";
import { isOutputFlag } from "./output-flags.js";
import { ResumableCommand } from "../command/resumable-command.js";

/** What goes by one name, with others that it might have been given. */
const CONCEPTS: Readonly<Record<string, RegExp>> = {
  html: /^(page|html-(file|report|out))$/,
  markdown: /^(md|markdown-(file|out))$/,
  csv: /^(csv-(file|out)|table)$/,
  junit: /^(xml|junit-(xml|file))$/,
  charts: /^(charts?-(dir|folder)|plots?|figures?|images?)$/,
  out: /^(output|outfile|output-(file|dir)|destination|save|save-to|write)$/,
  model_path: /^(model-(file|dir|location)|gguf|weights|checkpoint)$/,
  "tracking-uri": /^(mlflow-(uri|store)|store|store-uri|tracking|registry-uri|uri)$/,
  experiment: /^(experiment-(name|id)|mlflow-experiment)$/,
  load_in_8bit: /^(8bit|int8|load-8bit)$/,
  load_in_4bit: /^(4bit|int4|load-4bit)$/,
  dataset: /^(data|datasets|rows|samples|dataset-(file|path)|input|inputs)$/,
  limit: /^(max-(rows|samples|runs)|row-limit|rows-limit|first)$/,
  concurrency: /^(workers|jobs|max-concurrency|parallelism|in-flight)$/,
  timeout: /^(deadline|request-timeout|timeout-(s|ms|seconds)|time-limit)$/,
  retries: /^(max-retries|attempts|retry)$/,
  endpoint: /^(base-url|api-base|endpoint-url|server|server-url)$/,
  "api-key-env": /^(key-env|api-key-variable|token-env)$/,
  system: /^(system-(prompt|message))$/,
  prompt: /^(template|prompt-template)$/,
  seed: /^(random-seed|random-state)$/,
  scorer: /^(scorers|score|grader|evaluator)$/,
  rubric: /^(rubrics|criterion)$/,
  force: /^(overwrite|replace|clobber)$/,
  yes: /^(assume-yes|no-confirm|non-interactive|confirm)$/,
  "dry-run": /^(dryrun|plan|simulate|preview)$/,
  "ctx-size": /^(context|context-size|n-ctx|max-context|max-model-len)$/,
  slots: /^(n-parallel|sequences)$/,
  config: /^(config-file|settings|configuration)$/,
  repeats: /^(n|repeat|repetitions|epochs|samples-per-row)$/,
};

/** One name, several kinds of value: what each is for stands in the help. */
const OF_SEVERAL_KINDS: Readonly<Record<string, string>> = {
  limit: "rows or runs: a number; limits of an API key: a text",
  timeout: "seconds everywhere, a duration with its unit where intervals are",
  duration: "seconds of a load level; a duration with its unit for monitor",
};

let commands: KnownCommand[] = [];
beforeAll(async () => {
  commands = await allCommands();
});

describe("flags are named alike everywhere", () => {
  it("a concept has one name", () => {
    const others = commands.flatMap(({ name, flags }) =>
      Object.entries(flags).flatMap(([flag, { aliases = [] }]) =>
        Object.entries(CONCEPTS).flatMap(([concept, pattern]) =>
          pattern.test(flag.replaceAll("_", "-")) && !aliases.includes(concept) ? [`${name} --${flag} is --${concept} elsewhere`] : [],
        ),
      ),
    );
    expect(others).toEqual([]);
    const used = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));
    expect(Object.keys(CONCEPTS).filter((concept) => !used.has(concept))).toEqual([]);
  });

  it("a name is of one kind, and has one letter", () => {
    const kinds = new Map<string, Set<string>>();
    for (const { flags } of commands) {
      for (const [flag, { type, char = "" }] of Object.entries(flags))
        kinds.set(flag, (kinds.get(flag) ?? new Set()).add(`${type} ${char}`));
    }
    const mixed = [...kinds].filter(([name, found]) => found.size > 1 && !(name in OF_SEVERAL_KINDS));
    expect(mixed.map(([name, found]) => `--${name}: ${[...found].join(", ")}`)).toEqual([]);
  });

  it("each is understood with dashes and with underscores", () => {
    const lost = commands.flatMap(({ name, flags }) =>
      Object.keys(flags).flatMap((flag) =>
        [flag.replaceAll("_", "-"), flag.replaceAll("-", "_")].flatMap((written) => {
          const [word = ""] = normalizeArgv([`--${written}`], flags);
          const meant = word.slice(2);
          return meant === flag || flags[flag]?.aliases?.includes(meant) === true ? [] : [`${name} --${written}`];
        }),
      ),
    );
    expect(lost).toEqual([]);
  });

  it("wherever a model is named it can be loaded in 8 and in 4 bits, and the store its name may be in is known", () => {
    const lacking = commands.flatMap(({ name, flags }) =>
      ["model_path", "judge-model_path"].some((flag) => flag in flags)
        ? ["load_in_8bit", "load_in_4bit", "tracking-uri"].filter((flag) => !(flag in flags)).map((flag) => `${name} --${flag}`)
        : [],
    );
    expect(lacking).toEqual([]);
  });

  it("a result that is written in one form is written in all: pages, Markdown and CSV; charts and JUnit where there are any", () => {
    const partial = commands.flatMap(({ name, flags }) => {
      const forms = ["html", "markdown", "csv"].filter((form) => form in flags);
      return forms.length === 0 || forms.length === 3 ? [] : [`${name}: ${forms.join(", ")}`];
    });
    expect(partial).toEqual([]);
    const kept = commands.filter(({ flags }) => "csv" in flags !== "csv-raw" in flags);
    expect(kept.map(({ name }) => name)).toEqual([]);
  });
});

it("every flag of a resumable command that says it writes is an output flag: with --resume it writes where the user stands", () => {
  const wrong = commands.flatMap(({ name, flags, Command }) =>
    Command.prototype instanceof ResumableCommand
      ? Object.entries(flags).flatMap(([flag, shape]) =>
          shape.type === "option" && /^(also )?write\b/.test(shape.description ?? "") !== isOutputFlag(shape) ? [`${name} --${flag}`] : [],
        )
      : [],
  );
  expect(wrong).toEqual([]);
});
