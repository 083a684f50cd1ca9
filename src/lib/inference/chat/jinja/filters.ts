import { make, spend } from "./budget.js";
import { Given, type Filter } from "./given.js";
import { itemsOrNone, valueAt } from "./members.js";
import { toText } from "./print.js";
import { SEQUENCE_FILTERS } from "./sequence-filters.js";
import { Lazy, TemplateError, Undefined, type Arguments, type Value } from "./values.js";
import { VALUE_FILTERS } from "./value-filters.js";

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([...VALUE_FILTERS, ...SEQUENCE_FILTERS, ["map", map]]);

/** Applies a filter by its name. Throws TemplateError for a filter that Jinja does not have. */
export function applyFilter(name: string, value: Value, args: Arguments): Value {
  const filter = FILTERS.get(name);
  if (!filter) throw new TemplateError(`No filter named '${name}'.`);
  spend(1);
  const filtered = filter(value, new Given(name, args));
  if (typeof filtered === "string" && filtered !== value) make(filtered.length);
  return filtered;
}

/** `map(attribute="a.b")`, or `map("filter", its arguments)`. */
function map(value: Value, given: Given): Value {
  const { positional, named } = given.args;
  const [name, ...rest] = positional;
  if (name !== undefined) {
    return new Lazy(itemsOrNone(value).map((item) => applyFilter(toText(name), item, { positional: rest, named })));
  }
  const [attribute, standard] = given.take("attribute", "default");
  const path = given.need(attribute, "attribute");
  return new Lazy(
    itemsOrNone(value).map((item) => {
      const found = valueAt(item, path);
      return found instanceof Undefined && standard !== undefined ? standard : found;
    }),
  );
}
