import { look, spend } from "./budget.js";
import { isText, itemsOf, numberOf, TemplateError, textOf, typeName, Undefined, View, type Dict, type Key, type Value } from "./values.js";

/** Whether two values are the same by what they hold: Python's ==. */
export function equals(a: Value, b: Value): boolean {
  spend(1);
  if (a === b) return true;
  if (isText(a)) return isText(b) && equalTexts(textOf(a), textOf(b));
  const left = numberOf(a);
  if (left !== undefined) return left === numberOf(b);
  if (a instanceof Undefined) return b instanceof Undefined;
  if (a instanceof Map) return b instanceof Map && equalMembers(a, b);
  return Array.isArray(a) === Array.isArray(b) && equalItems(sequenceOf(a), sequenceOf(b));
}

function equalTexts(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  look(a.length);
  return a === b;
}

function equalMembers(a: Dict, b: Dict): boolean {
  const isEqual = ([key, value]: [Key, Value]) => {
    const other = b.get(key);
    return other !== undefined && equals(value, other);
  };
  return a.size === b.size && [...a].every(isEqual);
}

function sequenceOf(value: Value): readonly Value[] | undefined {
  return value instanceof View ? value.items : itemsOf(value);
}

function equalItems(a: readonly Value[] | undefined, b: readonly Value[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((item, i) => equals(item, b[i] as Value));
}

/** Below 0 where `a` comes before `b`, 0 where they are equal. Throws TemplateError where they have no order, naming the operator. */
export function compare(a: Value, b: Value, operator: string): number {
  spend(1);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (isText(a) && isText(b)) return compareTexts(textOf(a), textOf(b));
  for (const value of [a, b]) if (value instanceof Undefined) throw new TemplateError(value.what);
  const [items, others] = [itemsOf(a), itemsOf(b)];
  if (items && others && Array.isArray(a) === Array.isArray(b)) {
    const differs = items.findIndex((item, i) => i < others.length && !equals(item, others[i] as Value));
    if (differs !== -1) return compare(items[differs] as Value, others[differs] as Value, operator);
    return items.length - others.length;
  }
  throw new TemplateError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** The order of two texts by their characters. */
export function compareTexts(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  spend(1 + at);
  if (at === shorter) return a.length - b.length;
  // a surrogate belongs to a character beyond all others of one code unit
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
}
