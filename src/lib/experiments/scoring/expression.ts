import { LlmopsError } from "../../base/errors/llmops-error.js";

/** A formula over named values, such as 0.7*contains + 0.3*rouge_l. */
export interface Expression {
  /** The names in it, each once. */
  names: string[];
  /** Its value; null where a name has none, or the result is not a finite number. */
  evaluate(values: Readonly<Record<string, number | null>>): number | null;
}

type Evaluate = (values: Readonly<Record<string, number | null>>) => number;

const FUNCTIONS: Record<string, (...args: number[]) => number> = {
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  sqrt: Math.sqrt,
  log: Math.log,
};

/** Reads numbers, names, + - * / ( ), min, max, abs, sqrt and log. Throws INVALID_ARGUMENT at what it does not know. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  const evaluate = parser.parse();
  return {
    names: [...parser.names],
    evaluate(values) {
      const result = evaluate(values);
      return Number.isFinite(result) ? result : null;
    },
  };
}

/** Recursive descent, a method for each precedence. */
class Parser {
  readonly names = new Set<string>();
  private readonly text: string;
  private readonly tokens: string[];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = text.match(/\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+|[\p{L}_][\p{L}\d_:]*|\S/giu) ?? [];
  }

  parse(): Evaluate {
    const value = this.sum();
    if (this.at < this.tokens.length) throw this.error();
    return value;
  }

  private sum(): Evaluate {
    return this.chain(() => this.product(), { "+": (a, b) => a + b, "-": (a, b) => a - b });
  }

  private product(): Evaluate {
    return this.chain(() => this.atom(), { "*": (a, b) => a * b, "/": (a, b) => a / b });
  }

  private chain(next: () => Evaluate, operators: Record<string, (a: number, b: number) => number>): Evaluate {
    let left = next();
    for (let combine = operators[this.tokens[this.at] ?? ""]; combine; combine = operators[this.tokens[this.at] ?? ""]) {
      this.at++;
      const [first, second, apply] = [left, next(), combine];
      left = (values) => apply(first(values), second(values));
    }
    return left;
  }

  private atom(): Evaluate {
    const token = this.tokens[this.at++] ?? "";
    if (token === "-") {
      const value = this.atom();
      return (values) => -value(values);
    }
    if (token === "(") return this.closed(this.sum());
    if (/^[\d.]/.test(token) && Number.isFinite(Number(token))) return () => Number(token);
    if (!/^[\p{L}_]/u.test(token)) throw this.error(this.at - 1);
    if (this.tokens[this.at] === "(" && Object.hasOwn(FUNCTIONS, token))
      return this.call(FUNCTIONS[token] as (...args: number[]) => number);
    this.names.add(token);
    return (values) => values[token] ?? Number.NaN;
  }

  private call(apply: (...args: number[]) => number): Evaluate {
    const args: Evaluate[] = [];
    do {
      this.at++;
      args.push(this.sum());
    } while (this.tokens[this.at] === ",");
    return this.closed((values) => apply(...args.map((arg) => arg(values))));
  }

  private closed(value: Evaluate): Evaluate {
    if (this.tokens[this.at] !== ")") throw this.error();
    this.at++;
    return value;
  }

  private error(at = this.at): LlmopsError {
    const seen = this.tokens[at];
    const where = seen === undefined ? "it ends too early" : `"${seen}" is not expected there`;
    return new LlmopsError("INVALID_ARGUMENT", `"${this.text}" is not a formula: ${where}.`, {
      hint: "Write names of scorers with + - * / ( ) min max abs sqrt log, as in 0.7*contains + 0.3*rouge_l.",
    });
  }
}
