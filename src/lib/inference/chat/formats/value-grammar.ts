import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { Effort } from "../../grammar/automaton.js";
import { addJsonSchema, type Relaxed, type SchemaOptions } from "../../grammar/json-schema.js";
import { tellingKeywords } from "../../grammar/keywords.js";
import { GrammarRules, literal } from "../../grammar/rules.js";
import type { Tool } from "../../openai/completion.js";
import { isSchema, referred, typesIn } from "./schema-types.js";

/** Steps of making automata: some seconds at most, in a thread of its own. */
const EFFORT = 1_000_000;

const STRING_KEYWORDS = new Set(["type", "const", "enum"]);
/** Of an object that has the members it lists, and no others. */
const MEMBER_KEYWORDS = new Set(["type", "properties", "required", "additionalProperties"]);

/** A tool whose arguments a grammar is made for, or one of them. */
export interface ToolAt {
  tool: Tool;
  /** The field of the request that the tool's schema stands in. */
  param: string;
  /** The place of an argument's schema in it (RFC 6901); "" for all arguments. */
  pointer: string;
}

/** How a family writes the members of its arguments. */
export interface MemberWriting {
  /** What stands between them. */
  between: string;
  /** The expression of one of them. */
  write: (name: string, schema: unknown, pointer: string) => string;
}

/** Makes the parts of a grammar that follow from the schemas of tools. */
export class SchemaGrammar {
  readonly rules = new GrammarRules();
  /** What the grammar does not hold an answer to, of what is not strict. */
  readonly relaxed: Relaxed[] = [];
  /** All tools share it, however many there are. */
  private readonly effort = new Effort(EFFORT);

  /** All arguments of a tool as one JSON object. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for a schema that cannot be held. */
  arguments({ tool, param }: ToolAt): string {
    return this.add(tool.parameters, { strict: tool.strict, param, objectsOnly: true });
  }

  /** One of them as JSON. Throws as `arguments` does. */
  json({ tool, param, pointer }: ToolAt): string {
    return this.add(tool.parameters, { strict: tool.strict, param, pointer });
  }

  /** Any value of a schema as JSON. Throws as `arguments` does. */
  add(schema: unknown, options: SchemaOptions): string {
    const { expression, relaxed } = addJsonSchema(this.rules, schema, { ...options, effort: this.effort });
    this.relaxed.push(...relaxed);
    return expression;
  }

  /** The members of a tool's arguments in their order; those that are not required may be left out. Throws as `nameUnheld` does. */
  members(at: ToolAt, { between, write }: MemberWriting): string {
    const { tool, pointer } = at;
    this.nameUnheld(tool.parameters, at, { held: MEMBER_KEYWORDS, reason: "this model writes members in a way of its own" });
    const { properties, required } = tool.parameters;
    const names: readonly unknown[] = Array.isArray(required) ? required : [];
    const written = Object.entries(isSchema(properties) ? properties : {}).map(([name, schema]) => ({
      expression: write(name, schema, `${pointer}/properties/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
      isRequired: names.includes(name),
    }));
    // from the last on: what may follow once something was written, and while nothing was
    let [rest, all] = ['""', '""'];
    for (const { expression, isRequired } of written.reverse()) {
      const first = [expression, rest].filter((part) => part !== '""').join(" ");
      const next = between === "" ? first : `${literal(between)} ${first}`;
      const add = (body: string, without: string) => this.rules.add(`${tool.name}-members`, isRequired ? body : `${body} | ${without}`);
      [rest, all] = [add(next, rest), add(first, all)];
    }
    return all;
  }

  /** A text without a mark, and the mark after it. */
  until(mark: string): string {
    return this.rules.once(`until ${mark}`, () => this.rules.add("text", this.untilFrom(mark)));
  }

  /** What a string may be where a family writes it without quotes: undefined for any text. Throws where a strict tool wants more of it. */
  literalsOf(given: unknown, at: ToolAt): readonly string[] | undefined {
    const schema = referred(given, at.tool.parameters);
    if (!isSchema(schema)) return undefined;
    const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
    this.nameUnheld(schema, at, { held: STRING_KEYWORDS, reason: "this model writes the text without quotes" });
    return Array.isArray(values) ? values.filter((value): value is string => typeof value === "string") : undefined;
  }

  /** Names the keywords of a schema that a family's calls are not held to. Throws UNSUPPORTED_PARAMETER where the tool is strict. */
  nameUnheld(schema: unknown, { tool, param, pointer }: ToolAt, { held, reason }: { held: ReadonlySet<string>; reason: string }): void {
    const unheld = isSchema(schema) ? tellingKeywords(schema).filter((keyword) => !held.has(keyword)) : [];
    if (unheld.length === 0) return;
    if (!tool.strict) return void this.relaxed.push(...unheld.map((keyword) => ({ pointer, keyword, reason })));
    throw new LlmopsError(
      "UNSUPPORTED_PARAMETER",
      `${pointer === "" ? "The schema" : pointer} has ${unheld.join(" and ")}, which this model's tool calls cannot be held to.`,
      { hint: "Leave it out, or ask without strict.", param },
    );
  }

  /** Whether a value is always a string: those have no quotes in some families. */
  isString(schema: unknown, { tool }: ToolAt): boolean {
    const types = typesIn(schema, tool.parameters);
    return types?.size === 1 && types.has("string");
  }

  /** The states of a look for a mark (Knuth, Morris and Pratt 1977), a rule each; the last is reached with the mark. */
  private untilFrom(mark: string): string {
    const characters = Array.from(mark);
    const names = characters.map((_, state) => this.rules.reserve(`text-${state}`));
    for (const [state, name] of names.entries()) {
      const seen = [...new Set(characters)];
      const known = seen.map((character) => {
        const next = nextState(characters, state, character);
        return `${literal(character)}${next === characters.length ? "" : ` ${names[next] ?? ""}`}`;
      });
      this.rules.define(name, [...known, `[^${seen.map(toClassCharacter).join("")}] ${names[0] ?? ""}`].join(" | "));
    }
    return names[0] ?? '""';
  }
}

function nextState(mark: readonly string[], state: number, character: string): number {
  const read = [...mark.slice(0, state), character];
  for (let length = Math.min(read.length, mark.length); length > 0; length--) {
    if (read.slice(-length).every((one, at) => one === mark[at])) return length;
  }
  return 0;
}

function toClassCharacter(character: string): string {
  return character === "\n"
    ? "\\n"
    : /[\]\\^-]/.test(character)
      ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
      : character;
}
