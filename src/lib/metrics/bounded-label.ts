const OTHER = "other";
const LONGEST = 120;

/** Keeps the values of a label few: after `most` different ones, further ones are "other". What clients send never fills the memory. */
export class BoundedLabel {
  private readonly known = new Set<string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  of(value: string): string {
    const short = value.slice(0, LONGEST);
    if (this.known.has(short)) return short;
    if (this.known.size >= this.most) return OTHER;
    this.known.add(short);
    return short;
  }
}
