import { mean, standardDeviation } from "simple-statistics";

/** Powers of the transform that are tried; 1 leaves values as they are, larger ones press what is bad together. */
export const POWERS = [1, 0.5, 2, 3] as const;

/** How objective values become what a Gaussian process is fitted to, and back. */
export interface OutputScale {
  values: Float64Array;
  /** Noise variances on the new scale. */
  noise: Float64Array;
  /** The logarithm of the density's change, to compare fits of different powers. */
  logJacobian: number;
  /** The objective at a transformed value. */
  back: (value: number) => number;
}

/**
 * Standardises values, transforms them by Yeo and Johnson's power (2000, Biometrika 87) and standardises again; 0 is constant. Standard
 * errors go along with the transform's slope.
 */
export function scaleOutputs(values: readonly number[], errors: readonly (number | undefined)[], power: number): OutputScale {
  const [center, spread] = momentsOf(values);
  const standard = values.map((value) => (value - center) / spread);
  const warped = standard.map((value) => yeoJohnson(value, power));
  const [middle, width] = momentsOf(warped);
  const slopes = standard.map((value) => (1 + Math.abs(value)) ** ((power - 1) * (value < 0 ? -1 : 1)) / width);
  return {
    values: Float64Array.from(warped, (value) => (value - middle) / width),
    noise: Float64Array.from(errors, (error, i) => (((error ?? 0) / spread) * (slopes[i] ?? 1)) ** 2),
    logJacobian: slopes.reduce((sum, slope) => sum + Math.log(slope), 0),
    back: (value) => center + spread * inverse(middle + width * value, power),
  };
}

function momentsOf(values: readonly number[]): [center: number, spread: number] {
  const spread = values.length > 1 ? standardDeviation([...values]) : 0;
  return [values.length > 0 ? mean([...values]) : 0, spread > 0 ? spread : 1];
}

function yeoJohnson(value: number, power: number): number {
  if (value >= 0) return ((value + 1) ** power - 1) / power;
  return power === 2 ? -Math.log(1 - value) : -((1 - value) ** (2 - power) - 1) / (2 - power);
}

function inverse(value: number, power: number): number {
  if (value >= 0) return (value * power + 1) ** (1 / power) - 1;
  return power === 2 ? 1 - Math.exp(-value) : 1 - Math.max(0, 1 - (2 - power) * value) ** (1 / (2 - power));
}
