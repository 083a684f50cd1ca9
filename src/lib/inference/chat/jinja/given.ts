import { toText } from "./print.js";
import { firstOf, isText, isTrue, numberOf, TemplateError, textOf, typeName, type Arguments, type Value } from "./values.js";

/** A filter's result for a value. Throws TemplateError where it does not take it. */
export type Filter = (value: Value, given: Given) => Value;

/** The arguments of one call, read by the names of their parameters. */
export class Given {
  readonly args: Arguments;
  private readonly of: string;

  constructor(of: string, args: Arguments) {
    this.of = of;
    this.args = args;
  }

  /** The arguments of these parameters, in their order. Throws TemplateError for further ones. */
  take(...names: readonly string[]): (Value | undefined)[] {
    const { positional, named } = this.args;
    if (positional.length > names.length) {
      throw new TemplateError(`${this.of}() takes at most ${names.length} arguments, ${positional.length} given`);
    }
    for (const name of named.keys()) {
      if (!names.includes(name)) throw new TemplateError(`${this.of}() got an unexpected keyword argument '${name}'`);
    }
    return names.map((name, i) => firstOf(positional[i], named.get(name)));
  }

  /** An argument that has to be there. */
  need(value: Value | undefined, name: string): Value {
    if (value !== undefined) return value;
    throw new TemplateError(`${this.of}() missing the argument '${name}'`);
  }

  text(value: Value | undefined, name: string): string {
    const found = this.need(value, name);
    if (isText(found)) return textOf(found);
    throw new TemplateError(`${this.of}() argument '${name}' must be str, not ${typeName(found)}`);
  }

  /** A whole number, or `standard` where there is none. */
  count<Standard>(value: Value | undefined, standard: Standard): number | Standard {
    if (value === undefined || value === null) return standard;
    const number = numberOf(value);
    if (number !== undefined && Number.isInteger(number)) return number;
    throw new TemplateError(`${this.of}(): '${typeName(value)}' object cannot be interpreted as an integer`);
  }
}

export function isSet(value: Value | undefined): boolean {
  return value !== undefined && isTrue(value);
}

/** What an argument is as text, or `standard` where there is none. */
export function textOr(value: Value | undefined, standard: string): string {
  return value === undefined || value === null ? standard : toText(value);
}
