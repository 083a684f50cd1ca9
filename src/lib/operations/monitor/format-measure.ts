import { measureOf, type MeasureName } from "./measures.js";

/** A measure as people read it: "412 ms", "99.2 %", "1.4 GB"; "-" where it is not known. */
export function formatMeasure(name: MeasureName, value: number | null | undefined): string {
  if (value === undefined || value === null) return "-";
  const { unit } = measureOf(name);
  if (unit === "ratio") return `${Number((value * 100).toPrecision(3))} %`;
  if (unit === "bytes") return formatBytes(value);
  if (unit === "seconds") return value < 1 ? `${Number((value * 1000).toPrecision(3))} ms` : `${Number(value.toPrecision(3))} s`;
  return `${Number(value.toPrecision(3))}${unit === "per second" ? "/s" : ""}`;
}

function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes)} B`;
}
