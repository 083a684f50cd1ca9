interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** All figures of how a judge agrees with people by one criterion: llmops.judge-card/1, of its frozen answers their number alone. */
export interface JudgeCard {
  criterion: string;
  fingerprint: string;
  judge: { models: string[]; method: string; reason: string };
  dataset: { path: string; digest: string };
  rows: number;
  unscored: number;
  raters: number;
  labels: "levels" | "pass";
  kappa: Figure;
  alpha: Figure;
  human_kappa: Figure | null;
  spearman: number | null;
  pass: { at: number; tpr: number | null; positives: number; tnr: number | null; negatives: number };
  anchors: number;
}
