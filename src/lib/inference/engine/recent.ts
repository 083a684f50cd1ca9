/** What the values together may take, in bytes, with their keys. */
interface Weight<Value> {
  most: number;
  sizeOf: (value: Value) => number;
}

/**
 * The values used last, by key; those unused for longest go when there are too many, or where they take too much memory. The last one
 * stays however large it is.
 */
export class Recent<Value> {
  private readonly limit: number;
  private readonly weight: Weight<Value> | undefined;
  private readonly kept = new Map<string, { value: Value; size: number }>();
  private size = 0;

  constructor(limit: number, weight?: Weight<Value>) {
    this.limit = limit;
    this.weight = weight;
  }

  get(key: string): Value | undefined {
    const known = this.kept.get(key);
    if (known) {
      this.kept.delete(key);
      this.kept.set(key, known);
    }
    return known?.value;
  }

  set(key: string, value: Value): void {
    this.drop(key);
    const size = this.weight ? this.weight.sizeOf(value) + 2 * key.length : 0;
    this.kept.set(key, { value, size });
    this.size += size;
    while (this.kept.size > 1 && (this.kept.size > this.limit || this.size > (this.weight?.most ?? Infinity))) {
      this.drop(this.kept.keys().next().value ?? key);
    }
  }

  private drop(key: string): void {
    this.size -= this.kept.get(key)?.size ?? 0;
    this.kept.delete(key);
  }
}
