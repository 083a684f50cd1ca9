import { look, spend } from "./budget.js";
import { formatValue } from "./format-value.js";
import { represent, toText } from "./print.js";
import { firstOf, Float, numberOf, TemplateError, Tuple, typeName, type Arguments, type Value } from "./values.js";

/** A field of str.format: {name!conversion:spec}, and the doubled brackets that stand for one. */
const FIELD = /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/gu;
/** A directive of the % operator. */
const DIRECTIVE = /%(?:\(([^()]*)\))?([-+ 0#]{0,5})(\d{0,9})(?:\.(\d{1,9}))?[hlL]?([diouxXeEfFgGrsa%])/gu;

/** A text with its fields filled in: Python's str.format. Throws TemplateError for a field without an argument. */
export function formatFields(text: string, args: Arguments): string {
  let next = 0;
  look(text.length);
  return text.replace(FIELD, (whole: string, field?: string, conversion?: string, spec?: string) => {
    spend(1);
    if (whole === "{{" || whole === "}}") return whole.charAt(0);
    if (field === undefined) throw new TemplateError(`Single '${whole}' encountered in format string`);
    const value = fieldValue(field, args, () => next++);
    return formatValue(conversion === undefined ? value : converted(value, conversion), spec ?? "");
  });
}

function converted(value: Value, conversion: string): string {
  return conversion === "s" ? toText(value) : represent(value);
}

/** The argument of a field such as "0", "name", "name[key]", or "" for the next one. */
function fieldValue(field: string, { positional, named }: Arguments, next: () => number): Value {
  const [name = "", ...path] = field.split(/\.|\[([^\]]*)\]/u).filter((part) => part !== undefined && part !== "");
  const place = /^\d+$/u.test(name) ? Number(name) : name === "" ? next() : undefined;
  const given = place === undefined ? named.get(name) : positional[place];
  if (given === undefined) throw new TemplateError(`the field {${field}} has no argument`);
  return path.reduce<Value>(partOf, given);
}

function partOf(value: Value, part: string): Value {
  const found =
    value instanceof Map ? firstOf(value.get(part), value.get(Number(part))) : Array.isArray(value) ? value[Number(part)] : undefined;
  if (found === undefined) throw new TemplateError(`'${typeName(value)}' object has no member '${part}'`);
  return found;
}

/** A text with its directives filled in: Python's % operator. Throws TemplateError where values are missing or left over. */
export function formatPercent(text: string, given: Value): string {
  const values = given instanceof Tuple ? given.items : [given];
  let used = 0;
  look(text.length);
  const next = () => {
    const value = values[used++];
    if (value === undefined) throw new TemplateError("not enough arguments for format string");
    return value;
  };
  const filled = text.replace(DIRECTIVE, (...match: unknown[]) => {
    const [, name, flags, width, precision, kind] = match as [string, string | undefined, string, string, string | undefined, string];
    spend(1);
    if (kind === "%") return "%";
    return formatDirective(name === undefined ? next() : memberOf(given, name), { flags, width, precision, kind });
  });
  if (used < values.length && !(given instanceof Map)) throw new TemplateError("not all arguments converted during string formatting");
  return filled;
}

function memberOf(given: Value, name: string): Value {
  const value = given instanceof Map ? given.get(name) : undefined;
  if (value === undefined) throw new TemplateError(`format requires a mapping with '${name}'`);
  return value;
}

interface Directive {
  flags: string;
  width: string;
  precision: string | undefined;
  kind: string;
}

function formatDirective(value: Value, { flags, width, precision, kind }: Directive): string {
  const isLeft = flags.includes("-");
  const digits = precision === undefined ? "" : `.${precision}`;
  if ("rsa".includes(kind)) return formatValue(converted(value, kind), `${isLeft ? "<" : ">"}${width}${digits}`);
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`%${kind} format: a real number is required, not ${typeName(value)}`);
  const style = `${isLeft ? "<" : ""}${/[+ ]/u.exec(flags)?.[0] ?? ""}${flags.includes("0") && !isLeft ? "0" : ""}${width}`;
  return "diu".includes(kind) ? formatValue(Math.trunc(number), `${style}d`) : formatValue(inForm(number, kind), style + digits + kind);
}

/** Whole where the form is one of whole numbers. */
function inForm(number: number, kind: string): Value {
  return "xXo".includes(kind) ? Math.trunc(number) : new Float(number);
}
