import { compileExpression, type Evaluate } from "./expressions.js";
import type { Scope } from "./scope.js";
import { namesIn, type Node, type Parameter } from "./syntax.js";
import { TemplateError, Tuple, Undefined, type Arguments, type Value } from "./values.js";

/** What a macro can be called with. */
export interface Parameters {
  of: string;
  declared: { name: string; standard: Evaluate | undefined }[];
  /** The names by which the macro reads further arguments. */
  rest: { varargs: boolean; kwargs: boolean };
}

/** The parameters of a macro. */
export function compileParameters(of: string, args: readonly Parameter[], body: readonly Node[]): Parameters {
  const declared = args.map((arg) =>
    arg.type === "Identifier" ? { name: arg.value, standard: undefined } : { name: arg.key.value, standard: compileExpression(arg.value) },
  );
  const names = namesIn(body);
  return { of, declared, rest: { varargs: names.has("varargs"), kwargs: names.has("kwargs") } };
}

/** Gives the arguments of a call their names. Throws TemplateError for those the macro does not take. */
export function bindParameters({ of, declared, rest }: Parameters, { positional, named }: Arguments, scope: Scope): void {
  const left = new Map(named);
  const defaults: [string, Evaluate][] = [];
  for (const [i, { name, standard }] of declared.entries()) {
    const given = positional[i] === undefined ? left.get(name) : positional[i];
    left.delete(name);
    if (given === undefined && standard) defaults.push([name, standard]);
    scope.set(name, given === undefined ? new Undefined(`parameter '${name}' was not provided`) : given);
  }
  const caller = left.get("caller");
  if (caller !== undefined) scope.set("caller", caller);
  left.delete("caller");
  const further = positional.slice(declared.length);
  if (rest.varargs) scope.set("varargs", new Tuple(further));
  else if (further.length > 0) throw new TemplateError(`macro '${of}' takes not more than ${declared.length} argument(s)`);
  if (rest.kwargs) scope.set("kwargs", new Map<string, Value>(left));
  else if (left.size > 0) throw new TemplateError(`macro '${of}' takes no keyword argument '${[...left.keys()].join(", ")}'`);
  for (const [name, standard] of defaults) scope.set(name, standard(scope));
}
