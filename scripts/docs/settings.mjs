import { code, codes, page, prose, table } from "./markdown.mjs";

/** The keys of llmops.yaml, and the variables of the environment. */
export function settingPages(settings, otherVariables) {
  const named = Object.entries(settings).map(([name, setting]) => ({ ...setting, name }));
  return new Map([
    ["configuration.md", configuration(named)],
    ["environment.md", environment(named, otherVariables)],
  ]);
}

function configuration(settings) {
  const sections = new Map();
  for (const setting of settings) {
    const section = setting.name.includes(".") ? setting.name.split(".")[0] : "";
    sections.set(section, [...(sections.get(section) ?? []), setting]);
  }
  const parts = [...sections].flatMap(([section, members]) => [
    section === "" ? "## Top level" : `## ${section}`,
    table(["key", "meaning", "values", "also set by"], members.map(row)),
  ]);
  return page(
    "Configuration",
    "Every key of `llmops.yaml`. A flag takes precedence over an environment variable, that over the file, and that over the default. " +
      "Flags are those of `llmops serve`, or of the commands that read the key. See [the project file](../guides/project-file.md).",
    ...parts,
  );
}

function row({ name, about, schema, choices, default: standard, env, flag, fills, aliases }) {
  const other = aliases.length === 0 ? "" : ` (also ${codes(aliases)})`;
  const written = [...new Set([flag, fills].filter((one) => one !== undefined))];
  return [
    code(name),
    prose(about) + other,
    (choices ? codes(choices) : typeOf(schema)) + (isNothing(standard) ? "" : `; default ${code(shown(standard))}`),
    codes([...env, ...written.map((one) => `--${one}`)]),
  ];
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isNothing(value) {
  return value === undefined || ["", "[]", "{}"].includes(shown(value));
}

/** A schema in a few words. */
function typeOf(schema) {
  const alternatives = schema.anyOf ?? [schema];
  const names = alternatives.map((one) => {
    if (one.const !== undefined) return code(one.const);
    if (one.enum) return one.enum.includes(true) ? "boolean" : codes(one.enum);
    if (one.type === "integer" || one.type === "number") return `${one.type}${bounds(one)}`;
    if (one.type === "array") return "list";
    if (one.type === "object") return "mapping";
    return "text";
  });
  const isNumber = names.some((name) => /^(integer|number)/.test(name));
  return [...new Set(names.filter((name) => !isNumber || name !== "text"))].join(" or ");
}

function bounds({ minimum, maximum }) {
  if (minimum === undefined && maximum === undefined) return "";
  if (maximum === undefined) return `, ${minimum} or more`;
  return `, ${minimum} to ${maximum}`;
}

function environment(settings, otherVariables) {
  const own = settings.flatMap(({ env, name, about, secret }) =>
    env.map((variable) => [code(variable), prose(about), code(name), secret ? "yes" : ""]),
  );
  const others = otherVariables.map(([variable, about]) => [codes(variable.split(", ").filter((one) => one !== "...")), prose(about)]);
  return page(
    "Environment variables",
    "A flag takes precedence over a variable, and a variable over `llmops.yaml`. `llmops config show --origin` shows what applies.",
    "## Settings",
    table(["variable", "meaning", "key of llmops.yaml", "secret"], own),
    "## Other variables",
    table(["variable", "meaning"], others),
    "Commands that use an MLflow server read MLflow's own variables too: see [runs, artifacts, and the registry](../guides/mlflow.md#where-runs-go).",
  );
}
