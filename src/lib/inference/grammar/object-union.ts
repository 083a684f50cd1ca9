import { Effort } from "./automaton.js";
import type { Compilation } from "./compilation.js";
import { choice, NOTHING, sequence, type Expression } from "./expression.js";
import { allListed } from "./literal-values.js";
import type { ObjectWriter, Place } from "./object-values.js";
import { shapeOf } from "./schema-shape.js";
import { trieOf } from "./trie.js";

/** Names and values that are compared in all unions of a schema: some 100 ms. Beyond it, objects stand beside each other. */
export const UNION_EFFORT = 60_000;

/** A value that may come after a name, and where the objects go on after it. */
interface Option {
  value: Expression;
  places: Place[];
}

/**
 * Objects that may each be one of several, as in a union with a tag: what they begin with alike is written once, and their listed values are
 * told apart as they come. Side by side, hundreds of them would be as many ways to read an answer, each of which costs time with each token.
 */
export class ObjectUnion {
  private readonly compilation: Compilation;
  private readonly effort: Effort;

  constructor(compilation: Compilation) {
    this.compilation = compilation;
    this.effort = compilation.unions;
  }

  write(objects: readonly ObjectWriter[]): Expression {
    const begun = objects.map((object) => object.begin());
    const ends = begun.some((place) => place.object.mayEnd(place)) ? ['"}"'] : [];
    const { ws } = this.compilation;
    return sequence('"{"', ws, choice(sequence('"\\""', this.keys(begun)), ...ends));
  }

  /** The names that may come at any of the places. */
  private keys(places: readonly Place[]): Expression {
    return this.rule(
      "keys",
      places,
      (place) => place.object.keysFrom(place),
      () => {
        const byName = new Map<string, Place[]>();
        for (const place of places) {
          for (const { name, at } of place.object.namesAt(place)) {
            const others = byName.get(name);
            if (others) others.push({ ...place, at });
            else byName.set(name, [{ ...place, at }]);
          }
        }
        const texts = new Map(Array.from(byName.keys(), (name, index) => [`${JSON.stringify(name).slice(1)}:`, index]));
        const automaton = trieOf(texts, this.compilation.effort);
        const ends = Array.from(byName.values(), (found) => this.members(found));
        return choice(
          { kind: "automaton", automaton, writing: "text", ends, hint: "name" },
          ...places.map((place) => place.object.othersFrom(place)),
        );
      },
    );
  }

  /** What follows a name: each value once, then what may follow it in all objects that have it. */
  private members(places: readonly Place[]): Expression {
    return this.rule(
      "member",
      places,
      (place) => place.object.member(place),
      () => {
        const texts = new Map<string, Place[]>();
        const shapes = new Map<string, Option>();
        for (const place of places) {
          const listed = allListed(this.compilation, place.object.schemasAt(place) ?? []);
          if (listed) for (const value of listed) push(texts, JSON.stringify(value), place);
          else {
            const shape = shapeOf(place.object.schemasAt(place) ?? []);
            const known = shapes.get(shape);
            if (known) known.places.push(place);
            else shapes.set(shape, { value: place.object.valueAt(place), places: [place] });
          }
        }
        const { ws } = this.compilation;
        const values = Array.from(shapes.values(), (option) => sequence(ws, option.value, this.rest(option.places)));
        return choice(...(texts.size > 0 ? [sequence(ws, this.literals(texts))] : []), ...values);
      },
    );
  }

  /** Listed values, each followed by the rest of the objects that allow it. */
  private literals(texts: ReadonlyMap<string, Place[]>): Expression {
    const labels = new Map<string, { label: number; places: Place[] }>();
    const labeled = new Map<string, number>();
    for (const [text, places] of texts) {
      const key = keyOf(places);
      const { label } = labels.get(key) ?? { label: labels.size };
      labels.set(key, { label, places });
      labeled.set(text, label);
    }
    const automaton = trieOf(labeled, this.compilation.effort);
    const ends = Array.from(labels.values(), ({ places }) => this.rest(places));
    return { kind: "automaton", automaton, writing: "text", ends, hint: "literal" };
  }

  /** After a value: the end, or a comma and another member. */
  private rest(places: readonly Place[]): Expression {
    const after = places.map((place) => place.object.after(place));
    return this.rule(
      "rest",
      after,
      (place) => place.object.rest(place),
      () => {
        const { ws } = this.compilation;
        const open = after.filter((place) => !place.object.isFull(place));
        const ends = after.some((place) => place.object.mayEnd(place)) ? [sequence(ws, '"}"')] : [];
        return choice(...(open.length > 0 ? [sequence('","', ws, '"\\""', this.keys(open))] : []), ...ends);
      },
    );
  }

  /** What holds at several places: as one rule, or where they are too many to compare, a choice of what holds at each. */
  private rule(kind: string, places: readonly Place[], alone: (place: Place) => Expression, build: () => Expression): Expression {
    const [first, ...others] = places;
    if (!first) return NOTHING;
    if (others.length === 0) return alone(first);
    if (!this.effort.allows(places.length)) return choice(...places.map(alone));
    return this.compilation.define(`union ${kind} ${keyOf(places)}`, kind, () => {
      const steps = places.reduce((sum, place) => sum + place.object.namesAt(place).length, 0);
      if (!this.effort.allows(steps)) return choice(...places.map(alone));
      return build();
    });
  }
}

function push(texts: Map<string, Place[]>, text: string, place: Place): void {
  const places = texts.get(text);
  if (!places) texts.set(text, [place]);
  else if (places.at(-1)?.object !== place.object) places.push(place);
}

function keyOf(places: readonly Place[]): string {
  return places.map(({ object, at, count }) => `${object.key}/${at}/${count}`).join(" ");
}
