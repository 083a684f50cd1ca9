/** The numbers that size an engine, with what each may be: for flags, settings and parameters of a study alike. */
export const ENGINE_RANGES = {
  slots: { min: 1, max: 256 },
  threads: { min: 1, max: 512 },
  batchSize: { min: 32, max: 8192 },
} as const;
