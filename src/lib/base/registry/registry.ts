import { LlmopsError } from "../errors/llmops-error.js";
import { didYouMean } from "../errors/nearest.js";

/** Something that is chosen by its name. */
export interface Registered {
  readonly name: string;
}

/** The entries of one kind by name, built-in ones and those of plugins. It never changes; `with` gives a longer one. */
export class Registry<Entry extends Registered> implements Iterable<Entry> {
  /** What its entries are, such as "scorer". */
  readonly kind: string;
  private readonly entries: ReadonlyMap<string, Entry>;

  /** Throws PLUGIN_INVALID for two entries of one name. */
  constructor(kind: string, entries: readonly Entry[]) {
    this.kind = kind;
    const byName = new Map<string, Entry>();
    for (const entry of entries) {
      if (byName.has(entry.name)) {
        throw new LlmopsError("PLUGIN_INVALID", `Two ${kind}s are named "${entry.name}".`, { hint: "Give one of them another name." });
      }
      byName.set(entry.name, entry);
    }
    this.entries = byName;
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  /** The same entries and these. Throws PLUGIN_INVALID for a name that is taken. */
  with(more: readonly Entry[]): Registry<Entry> {
    return new Registry(this.kind, [...this.entries.values(), ...more]);
  }

  find(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  /** The entry of that name. Throws INVALID_ARGUMENT listing the ones there are. */
  get(name: string): Entry {
    const found = this.entries.get(name);
    if (found) return found;
    throw new LlmopsError("INVALID_ARGUMENT", `Unknown ${this.kind} "${name}".`, {
      hint: `${didYouMean(name, this.names)}Available: ${this.names.join(", ")}.`,
    });
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.entries.values();
  }
}
