import { code, codes, page, prose, table } from "./markdown.mjs";

const BIN = "llmops";
/** The order of groups of flags; those without a group come first. */
const GROUPS = ["", "REQUEST", "ENGINE", "RUNNING", "DECIDING", "JUDGE", "SEARCH", "PROOF", "OUTPUT", "GLOBAL"];

/** Pages of the commands, by the first word of each, and their index; `commands` are those of oclif's manifest, `topics` those of package.json. */
export function commandPages(commands, topics) {
  const named = Object.values(commands)
    .filter(({ hidden }) => hidden !== true)
    .map((command) => ({ ...command, name: command.id.replaceAll(":", " ") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = Map.groupBy ? Map.groupBy(named, first) : groupBy(named, first);
  const pages = [...groups].map(([group, members]) => [
    `commands/${group}.md`,
    page(`${BIN} ${group}`, ...about(topics[group]), ...members.map(section)),
  ]);
  const rows = named.map(({ name, summary }) => [
    `[${code(`${BIN} ${name}`)}](${name.split(" ")[0]}.md#${anchor(name)})`,
    prose(summary ?? ""),
  ]);
  const index = page(
    "Commands",
    "Every command with its arguments and flags, as `--help` shows them.",
    table(["command", "purpose"], rows),
  );
  return new Map([["commands/index.md", index], ...pages]);
}

const first = ({ name }) => name.split(" ")[0];

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function about(topic) {
  return topic === undefined ? [] : [`${capital(prose(topic.description))}.`];
}

function anchor(name) {
  return `${BIN}-${name.replaceAll(" ", "-")}`;
}

function section({ name, summary, description, examples = [], args = {}, flags, usage, aliases = [] }) {
  const shown = Object.values(args).filter(({ hidden }) => hidden !== true);
  const words = shown.map(({ name: arg, required }) => (required ? arg.toUpperCase() : `[${arg.toUpperCase()}]`));
  const typed = `${BIN} ${usage ?? [name, ...words, "[FLAGS]"].join(" ")}`;
  const parts = [
    `## ${BIN} ${name}`,
    prose(summary ?? ""),
    ...(description ? description.split(/\n\n+/).map(prose) : []),
    ...(aliases.length === 0 ? [] : [`Also: ${codes(aliases.map((alias) => `${BIN} ${alias.replaceAll(":", " ")}`))}.`]),
    `\`\`\`text\n${typed}\n\`\`\``,
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.map((text) => text.replaceAll("<%= config.bin %>", BIN)).join("\n")}\n\`\`\``]),
  ];
  if (shown.length > 0)
    parts.push(
      table(
        ["argument", "meaning"],
        shown.map((arg) => [code(arg.name.toUpperCase()), withDefault(arg)]),
      ),
    );
  return [...parts, ...flagTables(Object.values(flags))].join("\n\n");
}

function flagTables(flags) {
  const groups = groupBy(
    flags.filter(({ hidden }) => hidden !== true),
    ({ helpGroup = "" }) => helpGroup,
  );
  const place = (group) => (GROUPS.includes(group) ? GROUPS.indexOf(group) : GROUPS.length - 1.5);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([group, members]) => table([group === "" ? "flag" : `${group.toLowerCase()} flag`, "meaning"], members.map(flagRow)));
}

function flagRow(flag) {
  const { name, char, type, helpValue, allowNo, aliases = [] } = flag;
  const written = allowNo ? `--[no-]${name}` : `--${name}`;
  const value = type === "option" ? ` ${helpValue ?? "VALUE"}` : "";
  const also = aliases.length === 0 ? "" : ` (also ${codes(aliases.map((alias) => `--${alias}`))})`;
  return [code(`${char ? `-${char}, ` : ""}${written}${value}`), `${withDefault(flag)}${also}`];
}

function withDefault({ description = "", options, default: standard, env, multiple, required }) {
  const known = /\[default:/.test(description);
  const notes = [
    ...(options ? [`one of ${codes(options)}`] : []),
    ...(multiple ? ["repeatable"] : []),
    ...(required ? ["required"] : []),
    ...(known || standard === undefined || standard === false || String(standard) === "" ? [] : [`default: ${code(String(standard))}`]),
    ...(env ? [`environment: ${code(env)}`] : []),
  ];
  return [prose(description), ...(notes.length === 0 ? [] : [`(${notes.join("; ")})`])].join(" ");
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
