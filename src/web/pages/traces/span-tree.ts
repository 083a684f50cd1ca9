import type { Span } from "../../api/traces.js";

/** A span and how deep it lies below a root. */
export interface PlacedSpan {
  span: Span;
  depth: number;
}

/**
 * Spans as they are called: each below its parent, in order of time. One whose parent is not there is a root, and so is one of a ring of
 * parents.
 */
export function spanTree(spans: readonly Span[]): PlacedSpan[] {
  const known = new Map(spans.map((span) => [span.span_id, span]));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of known.values()) {
    const { parent_id: parent } = span;
    if (parent === null || !known.has(parent) || parent === span.span_id) roots.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const placed: PlacedSpan[] = [];
  const seen = new Set<string>();
  const place = (start: Span) => {
    const open: PlacedSpan[] = [{ span: start, depth: 0 }];
    for (let next = open.pop(); next; next = open.pop()) {
      if (seen.has(next.span.span_id)) continue;
      seen.add(next.span.span_id);
      placed.push(next);
      const depth = next.depth + 1;
      for (const child of (children.get(next.span.span_id) ?? []).toReversed()) open.push({ span: child, depth });
    }
  };
  roots.forEach(place);
  for (const span of known.values()) if (!seen.has(span.span_id)) place(span);
  return placed;
}

/** How long all spans take together: from the first start to the last end, in milliseconds. */
export function spanReach(spans: readonly Span[]): number {
  return spans.reduce((most, { start_ms, duration_ms }) => Math.max(most, start_ms + (duration_ms ?? 0)), 0);
}
