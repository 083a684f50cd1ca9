import { code, codes, page, prose, table } from "./markdown.mjs";

/** Exit codes and error codes. */
export function errorPage(errorCodes, exit, meanings) {
  const exits = Object.keys(exit).map((name) => [code(exit[name]), prose(meanings[name])]);
  const errors = Object.entries(errorCodes).map(([name, { about, exit: exitCode, http, type }]) => [
    ...[code(name), prose(about), code(exitCode), code(http), code(type)],
  ]);
  return page(
    "Errors and exit codes",
    "Errors go to standard error as `Error [CODE] message` and `Hint: what to do`. With `--json` they are " +
      '`{"schema": "llmops.error/1", "error": {"code", "message", "hint"}}` on standard output. `serve` answers them in OpenAI\'s shape.',
    "## Exit codes",
    table(["exit code", "meaning"], exits),
    "## Error codes",
    table(["code", "when", "exit code", "HTTP status", "OpenAI type"], errors),
  );
}

/** The metrics of serve, and the measures of monitor. */
export function metricPage(metrics, vllm, measures) {
  const rows = (all) => Object.entries(all).map(([name, { type, help, labels = [] }]) => [code(name), type, prose(help), codes(labels)]);
  const dialects = (of = {}) => Object.keys(of).filter((name) => name !== "inference");
  const measured = Object.entries(measures).map(([name, { about, unit, of, metric }]) => [
    ...[code(name), prose(about), unit, of === undefined ? "probe" : dialects(of).join(", "), code(metric ?? name)],
  ]);
  return page(
    "Metrics",
    "## Metrics of serve",
    "In Prometheus text at `/prometheus`, `monitoring.metrics_path`, and `/metrics` if `Accept` asks for it.",
    table(["name", "type", "meaning", "labels"], rows(metrics)),
    "### With --metrics-compat vllm",
    table(["name", "type", "meaning", "labels"], rows(vllm)),
    "## Measures of monitor",
    "For `--kpis`, alert rules, and Grafana. The third column says for which servers a measure is known; `probe` is measured by " +
      "monitor's own requests. The last column is its name as a metric of MLflow runs.",
    table(["measure", "meaning", "unit", "known for", "run metric"], measured),
  );
}

/** How families of models write tool calls and thoughts. */
export function formatPage(families, { formatOf, detectFormat, writeCalls }) {
  const call = [{ name: "add", arguments: '{"a":1}' }];
  const shown = (text) => code(text.replaceAll("\n", "\\n"));
  const row = (name, models, format) => [
    ...[code(name), prose(models), shown(writeCalls(call, format))],
    format.thoughts.map(({ open, close }) => `${shown(open)} ... ${shown(close)}`).join(", "),
  ];
  const rows = families.map((family) => row(family.name, family.models, formatOf(family)));
  return page(
    "Model families",
    "The chat template of a model tells its family: how `serve` reads tool calls and thoughts, and the grammar that `tool_choice` " +
      "`required` or a name hold it to. `\\n` is a new line. Families without marks of thoughts of their own have those that stand in the " +
      "template, such as `<think>`. Models whose template tells of no tools are asked for JSON (`generic`), which the answer says in " +
      "`X-LLMOps-Tool-Format`.",
    table(["family", "models", "a call of add with a = 1", "thoughts"], [...rows, row("generic", "all others", detectFormat(""))]),
  );
}

/** The scorers there are. */
export function scorerPage(abouts, plain, always) {
  const kinds = { rate: "right or wrong", mean: "number" };
  const better = { max: "higher", min: "lower", none: "" };
  const rows = Object.entries(abouts).map(([name, about]) => {
    const scorer = plain.find((one) => one.name === name);
    const needs = scorer?.needsReference === true ? "reference" : "";
    return [code(name), prose(about), scorer ? kinds[scorer.kind] : "", scorer ? better[scorer.direction] : "", needs];
  });
  return page(
    "Scorers",
    `For \`--scorer\`. Every study also records ${codes(always.map(({ name }) => name))}. See [scoring](../guides/scoring.md) for modules, ` +
      "formulas, and how text and numbers are compared.",
    table(["scorer", "what it measures", "kind", "better", "needs"], rows),
  );
}

/** The rubrics that are shipped, as read from their YAML. */
export function rubricPage(rubrics) {
  const parts = rubrics.map(({ name, description, requires = [], accepts = [], scale }) => {
    const uses = [`requires ${codes(requires)}`, ...(accepts.length === 0 ? [] : [`uses ${codes(accepts)} if present`])];
    const levels = Object.entries(scale).sort(([a], [b]) => Number(b) - Number(a));
    return [
      `## ${name}`,
      `${prose(description)} It ${uses.join(" and ")}.`,
      table(
        ["score", "meaning"],
        levels.map(([level, text]) => [level, prose(text)]),
      ),
    ].join("\n\n");
  });
  return page("Rubrics", "For `--rubric` and `--scorer judge:RUBRIC`. See [judge](../guides/judge.md#rubrics) for your own.", ...parts);
}

/** What sweep and optimize can vary. */
export function parameterPage(parameters) {
  const kinds = { sampling: "sampling", prompt: "prompt", format: "output form", target: "model or endpoint" };
  const values = ({ kind, min, max, integer, range, names, isJson }) => {
    if (kind === "sampling") return `${integer ? "integer" : "number"}, ${min} to ${max}`;
    if (range) return `integer, ${range.min} to ${range.max}`;
    if (names) return codes(names);
    if (isJson) return "JSON object";
    return kind === "format" ? "`json_object`, or JSON with a schema" : "text";
  };
  const rows = Object.entries(parameters).map(([name, spec]) => [code(name), kinds[spec.kind], values(spec)]);
  return page("Parameters", "For `llmops sweep`, `llmops optimize`, and `--set`.", table(["parameter", "kind", "values"], rows));
}

/** The explanations of `llmops help TOPIC`. */
export function topicPage(topics) {
  const parts = Object.entries(topics).map(([name, { about, text }]) => {
    const shown = text().trimEnd();
    return `## ${name}\n\n\`llmops help ${name}\`: ${prose(about)}\n\n\`\`\`text\n${shown}\n\`\`\``;
  });
  return page("Help topics", "Explanations that belong to no single command, as `llmops help` prints them.", ...parts);
}
