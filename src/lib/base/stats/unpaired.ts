/** A value with its own interval. */
export interface MeasuredValue {
  value: number;
  low: number;
  high: number;
}

/**
 * The interval of the difference of two values that were measured apart, second minus first, from their own intervals at the same
 * level: square and add (Newcombe 1998, Stat. Med. 17, method 10, for rates; Zou and Donner 2008, Stat. Med. 27, in general). Where
 * the same samples were asked it is wider than a paired one.
 */
export function unpairedDifference(first: MeasuredValue, second: MeasuredValue): { difference: number; low: number; high: number } {
  const difference = second.value - first.value;
  return {
    difference,
    low: difference - Math.hypot(second.value - second.low, first.high - first.value),
    high: difference + Math.hypot(second.high - second.value, first.value - first.low),
  };
}
