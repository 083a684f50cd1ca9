import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { fillFlags, namedValues, viewFlags, withProjectDefaults, type FlagSet } from "./project-flags.js";
import { experimentFlag } from "../flags/store-flags.js";
import { studyFlags } from "../flags/study-flags.js";

const flags = { ...studyFlags, experiment: experimentFlag("sweep") } as unknown as FlagSet;

function project(yaml: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "llmops.yaml"), yaml);
  return loadSettings({ folder, environment });
}

function filled(yaml: string, given: Record<string, unknown> = {}, command = "sweep") {
  return Object.fromEntries([...fillFlags(command, flags, { loaded: project(yaml), given })].map(([name, { words }]) => [name, words]));
}

describe("the project's file", () => {
  it("fills in flags that are not given, and only those", () => {
    const yaml = "tracking: {uri: runs}\ndataset: qa.jsonl\nscorers: [exact, contains]\nlimits: {concurrency: 2}\nmodels: {threads: 3}\n";
    expect(filled(yaml, { dataset: "mine.csv" })).toEqual({
      "tracking-uri": ["--tracking-uri", "runs"],
      scorer: ["--scorer", "exact", "--scorer", "contains"],
      concurrency: ["--concurrency", "2"],
      threads: ["--threads", "3"],
    });
    expect(filled(yaml, {}, "mlflow:runs")).toEqual({ "tracking-uri": ["--tracking-uri", "runs"] });
    const served = { "backend-store-uri": { type: "option" } } as unknown as FlagSet;
    const store = (uri: string) => fillFlags("mlflow:server", served, { loaded: project(`tracking: {uri: ${uri}}`), given: {} });
    expect(store("runs").get("backend-store-uri")?.words).toEqual(["--backend-store-uri", "runs"]);
    expect(store("http://127.0.0.1:5000").size).toBe(0);
    expect(filled("limits: {rows: 0}\ngates: {fail_under: 'accuracy<0.9'}\n")).toEqual({
      limit: ["--limit", "0"],
      "fail-under": ["--fail-under", "accuracy<0.9"],
    });
  });

  it("keeps gates of scores and of a judge's scale apart", () => {
    const yaml = "gates: {require: 'accuracy>=0.9', max_failed: 1%, baseline: main}\njudge: {require: 'accuracy>=4'}\n";
    expect(filled(yaml, {}, "judge")).toMatchObject({ require: ["--require", "accuracy>=4"], "max-failed": ["--max-failed", "1%"] });
    expect(filled(yaml, {}, "judge")).not.toHaveProperty("baseline");
    expect(filled(yaml)).toMatchObject({ require: ["--require", "accuracy>=0.9"], baseline: ["--baseline", "main"] });
  });

  it("says which column is what only of its own dataset", () => {
    const yaml = "dataset: qa.jsonl\nmap: {question: Prompt, answer: Gold}\n";
    const words = Object.values(filled(yaml)).flat().join(" ");
    expect(words).toContain("question=Prompt");
    expect(words).toContain("answer=Gold");
    expect(filled(yaml, { dataset: "mine.csv" })).toEqual({});
  });

  it("names endpoints, with their model and the variable of their key", async () => {
    const yaml = "endpoint: big\nendpoints:\n  big: {url: 'http://h/v1', model: m, api_key_env: KEY}\n  other: {url: 'http://o'}\n";
    const big = { endpoint: ["--endpoint", "http://h/v1"], model: ["--model", "m"], "api-key-env": ["--api-key-env", "KEY"] };
    expect(filled(yaml)).toEqual(big);
    expect(filled(yaml, { endpoint: "other" })).toEqual({ endpoint: ["--endpoint", "http://o"] });
    expect(filled(yaml, { endpoint: "http://else" })).toEqual({});
    const given = { endpoint: "other" };
    const defaults = await withProjectDefaults(flags, fillFlags("sweep", flags, { loaded: project(yaml), given }));
    expect(await namedValues(defaults, Object.keys(given))).toMatchObject({ endpoint: "http://o" });
    expect(filled(yaml, { model: "n" })).toMatchObject({ endpoint: big.endpoint });
    expect(filled(yaml, { model_path: "demo" })).toEqual({});
    expect(filled(yaml, {}, "ab")).toEqual({});
  });

  it("never leaves a flag that was given without effect", async () => {
    const error = await errorOf(() => filled("endpoint: http://h\n", { threads: 2 }));
    expect([error.code, error.message]).toEqual(["INVALID_ARGUMENT", expect.stringContaining("--threads has no effect")]);
  });

  it("is read as the command line is, and shown with file and line", async () => {
    const view = await viewFlags("sweep", flags, project("dataset: qa.jsonl\nlimits:\n  retries: 5\n", { MLFLOW_EXPERIMENT_NAME: "mine" }));
    const row = (name: string) => view.find(({ setting }) => setting === name);
    expect(row("--retries")).toMatchObject({ value: 5, origin: expect.stringMatching(/llmops\.yaml:3$/) as string });
    expect(row("--experiment")).toMatchObject({ value: "mine", origin: "MLFLOW_EXPERIMENT_NAME" });
    expect(row("--seed")).toMatchObject({ value: 42, origin: "default" });
    const wrong = await errorOf(() => viewFlags("sweep", flags, project("limits:\n  retries: 99\n")));
    expect([wrong.code, wrong.message]).toEqual(["CONFIG_INVALID", expect.stringMatching(/llmops\.yaml:2: .*--retries/)]);
  });
});
