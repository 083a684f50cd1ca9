import { referenceScorer, type Scorer } from "./scorer.js";

const NUMBER = /[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d+(?:e[-+]?\d+)?/gi;

/**
 * 1 when the last number of the completion is the reference's, within a tolerance relative to it (absolute at 0), else 0.
 * Unscored where the reference has no number.
 */
export function numericScorer(tolerance: number): Scorer {
  return referenceScorer(tolerance === 0 ? "numeric" : `numeric_${tolerance}`, "rate", (text, reference) => {
    const wanted = lastNumber(reference);
    if (wanted === undefined) return { value: null, explanation: `the reference "${reference}" has no number` };
    const seen = lastNumber(text);
    if (seen === undefined) return { value: 0, explanation: "no number in the answer" };
    return { value: Math.abs(seen - wanted) <= tolerance * (Math.abs(wanted) || 1) + Number.EPSILON * Math.abs(wanted) ? 1 : 0 };
  });
}

function lastNumber(text: string): number | undefined {
  const last = text.match(NUMBER)?.at(-1);
  return last === undefined ? undefined : Number(last.replaceAll(",", ""));
}
