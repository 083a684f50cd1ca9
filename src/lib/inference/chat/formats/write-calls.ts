import type { ToolCall } from "../../openai/completion.js";
import type { JsonCallStyle } from "./call-json.js";
import type { NamedCallStyle } from "./call-named.js";
import type { TaggedCallStyle } from "./call-tagged.js";
import type { ChatFormat } from "./format.js";

type Call = Pick<ToolCall, "name" | "arguments"> & { id?: string };

/** Calls as a model of this format writes them; for prompts, where a template does not do it. */
export function writeCalls(calls: readonly Call[], { calls: style, layout }: ChatFormat): string {
  switch (style?.kind) {
    case undefined:
      return "";
    case "json":
      return writeJson(calls, style);
    case "named":
      return layout === "chevrons" ? calls.map((call) => `>>>${call.name}\n${call.arguments}`).join("") : writeNamed(calls, style);
    case "tagged":
      return writeTagged(calls, style);
    case "pythonic":
      return `${style.open[0] ?? ""}[${calls.map(writePythonic).join(", ")}]${style.open[0] === "" ? "" : style.close}`;
    case "gemma":
      return calls
        .map(({ name, arguments: json }) => `${style.open}call:${name}${gemmaValue(parse(json), style.quote)}${style.close}`)
        .join("");
  }
}

function writeJson(
  calls: readonly Call[],
  { open: [open = ""], close, layout = ["", ""], several, members, nameIsKey }: JsonCallStyle,
): string {
  const [before, after] = layout;
  const each = calls.map(({ name, arguments: json }) =>
    nameIsKey === true
      ? `{${JSON.stringify(name)}: ${json}}`
      : `{"${members.name}": ${JSON.stringify(name)}, "${members.arguments}": ${json}}`,
  );
  switch (several) {
    case "list":
      return `${open}${before}[${each.join(", ")}]${after}${close}`;
    case "lines":
      return `${open}${before}${each.join("\n")}${after}${close}`;
    case "semicolons":
      return `${open}${each.join("; ")}`;
    case "marks":
      return each.map((call) => `${open}${before}${call}${after}${close}`).join("\n");
  }
}

function writeNamed(
  calls: readonly Call[],
  { section, open, prefix = "", beforeArguments, close, between = "", id }: NamedCallStyle,
): string {
  const each = calls.map((call, index) => {
    const name = id === "name" ? `functions.${call.name}:${index}` : call.name;
    const before = id !== undefined && id !== "name" && "before" in id ? `${call.id ?? `call${index}`}${id.before}` : "";
    return `${open}${prefix}${before}${name}${beforeArguments[0] ?? ""}${call.arguments}${close[0] ?? ""}`;
  });
  return `${section[0]}${each.join(between)}${section[1]}`;
}

function writeTagged(calls: readonly Call[], style: TaggedCallStyle): string {
  const { section, sharesSection, layout } = style;
  const each = calls.map((call, index) => writeTaggedCall(call, index, style));
  if (section[0] === "") return each.join(layout.call);
  const begin = section[0] + layout.section;
  if (sharesSection) return `${begin}${each.join(layout.call)}${layout.call}${section[1]}`;
  return each.map((call) => `${begin}${call}${layout.call}${section[1]}`).join("\n");
}

function writeTaggedCall({ name, arguments: json }: Call, index: number, style: TaggedCallStyle): string {
  const { open, nameEnd, counted, close, argument, layout, valueLines } = style;
  const count = counted === undefined ? "" : `${counted}${index + 1}"`;
  const line = valueLines ? "\n" : "";
  const members = Object.entries(parse(json) as Record<string, unknown>).map(([key, value]) => {
    const isString = typeof value === "string";
    const said =
      argument.typed === undefined
        ? ""
        : argument.typed === "dsml"
          ? `" string="${String(isString)}`
          : `" type="${isString ? "string" : "object"}"`;
    const end = argument.repeatsName === true ? argument.close.replace("%", () => key) : argument.close;
    return `${argument.open}${key}${said}${argument.nameEnd}${line}${isString ? value : JSON.stringify(value)}${line}${end}${layout.argument}`;
  });
  return `${open}${name}${count}${nameEnd[0] ?? ""}${layout.head}${members.join("")}${close}`;
}

function writePythonic({ name, arguments: json }: Call): string {
  const members = Object.entries(parse(json) as Record<string, unknown>);
  return `${name}(${members.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(", ")})`;
}

function gemmaValue(value: unknown, quote: string): string {
  if (typeof value === "string") return `${quote}${value}${quote}`;
  if (Array.isArray(value)) return `[${value.map((one) => gemmaValue(one, quote)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${key}:${gemmaValue(member, quote)}`);
  return `{${members.join(",")}}`;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return {};
  }
}
