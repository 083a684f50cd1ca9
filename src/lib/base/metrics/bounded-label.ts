const OTHER = "other";
const LONGEST = 120;

/** Keeps the values of a label few: after `most` different ones, further ones are "other". What clients send never fills the memory. */
export class BoundedLabel {
  private readonly known = new Set<string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** The value as the label has it; "other" where there are too many. Half a surrogate pair is written as it arrives: U+FFFD. */
  of(value: string): string {
    const short = toLabel(value);
    if (this.known.has(short)) return short;
    if (this.known.size >= this.most) return OTHER;
    this.known.add(short);
    return short;
  }

  /** The value where it was seen before, else "other": for values that nobody has vouched for, which may not crowd out those that count. */
  ifKnown(value: string): string {
    const short = toLabel(value);
    return this.known.has(short) ? short : OTHER;
  }
}

function toLabel(value: string): string {
  return Buffer.from(value.slice(0, LONGEST)).toString();
}
