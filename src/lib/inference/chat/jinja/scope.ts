import type { Value } from "./values.js";

/** The variables of a part of a template; those of the parts around it are seen, not changed. */
export class Scope {
  private readonly values = new Map<string, Value>();
  private readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  get(name: string): Value | undefined {
    const own = this.values.get(name);
    return own === undefined ? this.outer?.get(name) : own;
  }

  set(name: string, value: Value): void {
    this.values.set(name, value);
  }
}
