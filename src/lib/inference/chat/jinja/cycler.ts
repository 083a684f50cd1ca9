import { Callable, TemplateError, type Members, type Value } from "./values.js";

/** Gives some values in turn, for as long as it is asked: Jinja's `cycler`. */
export class Cycler implements Members {
  readonly typeName = "Cycler";
  private readonly values: readonly Value[];
  private at = 0;

  /** Throws TemplateError where there are none. */
  constructor(values: readonly Value[]) {
    if (values.length === 0) throw new TemplateError("at least one item has to be provided");
    this.values = values;
  }

  member(name: string): Value | undefined {
    switch (name) {
      case "current":
        return this.values[this.at];
      case "next":
        return new Callable("next", () => this.next());
      case "reset":
        return new Callable("reset", () => {
          this.at = 0;
          return null;
        });
      default:
        return undefined;
    }
  }

  private next(): Value {
    const value = this.values[this.at] as Value;
    this.at = (this.at + 1) % this.values.length;
    return value;
  }
}
