import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../../../test/helpers/property-runs.js";
import type { Limits } from "./budget.js";
import { JinjaTemplate } from "./template.js";
import { TemplateError } from "./values.js";

const clock = () => new Date(2026, 0, 2);
const GIVEN = { messages: [{ role: "user", content: "Hi 🌊 there" }], tools: null };
/** Small, so that many templates are tried; the rule is the same for any. */
const LIMITS: Limits = { work: 20_000, stretch: 10_000, bytes: 300_000 };

/** How a template ends: in a text, or an error of its own kind. Anything else is thrown. */
function outcome(source: string, limits = LIMITS): { text: string } | { refused: string } {
  try {
    const steps = new JinjaTemplate(source).render(GIVEN, clock, limits);
    let [step, pauses] = [steps.next(), 0];
    for (; step.done !== true; pauses++) step = steps.next();
    expect(pauses).toBeLessThan(limits.work / 100);
    return { text: step.value };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof SyntaxError) return { refused: error.message };
    throw error;
  }
}

const NUMBERS = ["0", "1", "-1", "3", "1000", "1000000000", "2 ** 5000", "0.5", "-2 ** 70", "1e308", "true"];
const NAMES = ["a", "b", "messages", "loop", "missing", "m", "ns"];
const METHODS = [
  "append",
  "pop",
  "items",
  "split",
  "strip",
  "join",
  "replace",
  "format",
  "center",
  "zfill",
  "upper",
  "find",
  "copy",
  "index",
];
const FILTERS = [
  ...["tojson", "list", "length", "join", "replace", "indent", "center", "reverse", "sort", "unique", "batch", "string", "title", "sum"],
  ...["map", "select", "groupby", "format", "int", "float", "round", "trim", "escape", "first", "last", "dictsort", "wordcount", "safe"],
];
const FUNCTIONS = ["range", "namespace", "dict", "cycler", "strftime_now", "loop", "m", "missing"];

const { expression } = fc.letrec<{ expression: string; list: string }>((tie) => ({
  list: fc.array(tie("expression"), { maxLength: 3 }).map((items) => items.join(", ")),
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...NUMBERS, ...NAMES, "'x'", "'%99999999d'", "'{:>99999999}'", "'ab 🌊'", "''", "[]", "{}"),
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "*", "~", "%", "**", "//", "in", "==", "<", "and", "or"), tie("expression"))
      .map((parts) => parts.join(" ")),
    tie("list").map((items) => `[${items}]`),
    tie("expression").map((one) => `(${one})`),
    tie("expression").map((one) => `{'k': ${one}}`),
    fc.tuple(tie("expression"), fc.constantFrom(...FILTERS), tie("list")).map(([one, filter, args]) => `(${one})|${filter}(${args})`),
    fc.tuple(tie("expression"), fc.constantFrom(...FILTERS)).map(([one, filter]) => `(${one})|${filter}`),
    fc.tuple(tie("expression"), fc.constantFrom(...METHODS), tie("list")).map(([one, method, args]) => `(${one}).${method}(${args})`),
    fc.tuple(fc.constantFrom(...FUNCTIONS), tie("list")).map(([name, args]) => `${name}(${args})`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([one, from, to]) => `(${one})[${from}:${to}]`),
    fc.tuple(tie("expression"), tie("expression")).map(([one, at]) => `(${one})[${at}]`),
  ),
}));

const { template } = fc.letrec<{ template: string; part: string }>((tie) => ({
  template: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("text ", "{%", "{{ ", " }}", "{% raw %}{{", "{% endraw %}", "{#", "\n", "{%- break -%}", "{{ loop.cycle() }}"),
    expression.map((one) => `{{ ${one} }}`),
    fc.tuple(fc.constantFrom(...NAMES), expression).map(([name, one]) => `{% set ${name} = ${one} %}`),
    fc.constantFrom(
      "{% set a = a + a %}",
      "{% set a = a ~ a %}",
      "{% set a = [a, a] %}",
      "{% set _ = a.append(a) %}",
      "{% set a = [0] * 1000 %}",
      "{% set a = 'xy' * 1000 %}",
    ),
    fc
      .tuple(expression, fc.constantFrom("", " recursive", " if true"), tie("template"))
      .map(([one, kind, body]) => `{% for b in ${one}${kind} %}${body}{% endfor %}`),
    tie("template").map((body) => `{% for i in range(100000) %}${body}{% endfor %}`),
    fc.tuple(expression, tie("template")).map(([one, body]) => `{% if ${one} %}${body}{% endif %}`),
    tie("template").map((body) => `{% macro m(a) %}${body}{% endmacro %}{{ m(a) }}`),
    tie("template").map((body) => `{% macro m(a) %}${body}{{ m(a) ~ m(a) }}{% endmacro %}{{ m(a) }}`),
    tie("template").map((body) => `{% set ns %}${body}{% endset %}`),
    fc.tuple(fc.constantFrom(...FILTERS), tie("template")).map(([filter, body]) => `{% filter ${filter} %}${body}{% endfilter %}`),
  ),
}));

describe("a hostile template", () => {
  it("ends in a text or an error of its own kind within the work and bytes it may use, whatever it does", () => {
    fc.assert(
      fc.property(template, (source) => {
        const result = outcome(source);
        if ("text" in result) expect(result.text.length).toBeLessThan(2 * LIMITS.bytes);
      }),
      { numRuns: propertyRuns(2000), endOnFailure: true },
    );
  });

  it.each([
    ["a list of a milliard", "{% set a = [0] * 1000000000 %}"],
    ["a tuple of a milliard", "{{ (0, 1) * 1000000000 }}"],
    ["a text of a milliard", "{{ 'x' * 1000000000 }}"],
    ["lists that double", "{% set ns = namespace(a=[0]) %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}"],
    ["texts that double", "{% set ns = namespace(a='x') %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}"],
    ["lists within lists", "{% set ns = namespace(a=[0]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}"],
    [
      "the same as JSON",
      "{% set ns = namespace(a=[0]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a|tojson }}",
    ],
    [
      "the same compared",
      "{% set ns = namespace(a=[0], b=[0]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
    ],
    ["a list that grows while it is looped over", "{% set a = [0] %}{% for x in a %}{% set _ = a.append(x) %}{% endfor %}"],
    ["a list within itself", "{% set a = [0] %}{% set _ = a.append(a) %}{{ a }}"],
    [
      "loops in loops in loops",
      "{% for i in range(99999) %}{% for j in range(99999) %}{% for k in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    [
      "loops in a macro",
      "{% macro m() %}{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{% endmacro %}{{ m() ~ '' }}",
    ],
    ["a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"],
    ["a macro that calls itself in a filter", "{% macro m() %}{{ m()|trim }}{% endmacro %}{{ m() }}"],
    ["a recursive loop over the same", "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}"],
    ["a wide indent", "{{ 'a\\nb'|indent(1000000000) }}"],
    ["a wide indent of JSON", "{{ [1]|tojson(indent=1000000000) }}"],
    ["a wide field", "{{ '%999999999d' % 1 }}"],
    ["a wide field of format", "{{ '{:>999999999}'.format(1) }}"],
    ["a wide center", "{{ 'a'|center(1000000000) }}{{ 'a'.ljust(1000000000) }}"],
    ["a batch filled up", "{{ [1]|batch(1000000000, 0)|list }}"],
    ["replacing nothing by much", "{{ ('x' * 100000).replace('', 'y' * 100000) }}"],
    ["joining by much", "{{ (range(100000)|list)|join('y' * 100000) }}"],
    ["a precision beyond all digits", "{{ '%.999f' % 1.5 }}"],
    ["printing again and again", "{% set a = 'x' * 100000 %}{% for i in range(99999) %}{{ a }}{% endfor %}"],
  ])("is stopped: %s", (_, source) => {
    expect(outcome(source)).toHaveProperty("refused");
  });

  it("names what it has used up", () => {
    expect(outcome("{% for i in range(9999) %}{{ i + i }}{% endfor %}")).toEqual({ refused: "it takes more than 20264 steps of work" });
    expect(outcome("{{ 'x' * 1000000000 }}")).toEqual({ refused: "it makes texts and lists of more than 302112 bytes" });
  });

  it.each([
    ["{%- and a megabyte of spaces", `{%-${" ".repeat(190_000)}`],
    ["texts of spaces before tags", `${" \n".repeat(90_000)}{%- if a %}`],
    ["brackets that do not close", "{{ (".repeat(40_000)],
    ["brackets in brackets", `{{ ${"(".repeat(90_000)}1${")".repeat(90_000)} }}`],
    ["a long sum", `{{ 1${" + 1".repeat(45_000)} }}`],
    ["signs", `{{ ${"- ".repeat(90_000)}1 }}`],
    ["tests in tests", `{{ ${"1 is eq(".repeat(20_000)} }}`],
    ["choices in choices", `{{ ${"1 if a else ".repeat(15_000)}1 }}`],
    ["statements in statements", "{% if a %}".repeat(19_000)],
    ["many branches", `{% if a %}${"{% elif a %}".repeat(15_000)}{% endif %}`],
    ["quotes that do not close", `{{ ${"'\\".repeat(90_000)}`],
  ])("is read in time that grows as it does: %s", (_, source) => {
    // it would take hours where every place is looked at again from every place before it
    expect(outcome(source)).toBeDefined();
  });

  it("of more characters than a template may have is refused, with both numbers", () => {
    expect(outcome("x".repeat(200_001))).toEqual({ refused: "it has 200001 characters; 200000 are the most a template may have" });
  });

  it("stops while others have their turn where it is long", () => {
    const steps = new JinjaTemplate(
      "{% macro m() %}{% for i in range(9999) %}{{ i }}{% endfor %}{% endmacro %}{{ m() }}{% set a = m() %}",
    ).render({}, clock);
    let pauses = 0;
    while (steps.next().done !== true) pauses++;
    expect(pauses).toBeGreaterThan(20);
  });
});
