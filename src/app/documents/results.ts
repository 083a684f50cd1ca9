// Documents of studies and judgments, declared where their numbers are computed.
export { sweepResultSchema } from "../../lib/experiments/study/sweep-result.js";
export { optimizationResultSchema } from "../../lib/experiments/optimize/optimization-document.js";
export { judgementResultSchema } from "../../lib/experiments/evaluation/judgement-result.js";
export { pairwiseResultSchema } from "../../lib/experiments/evaluation/pairwise-result.js";
export { auditResultSchema } from "../../lib/experiments/evaluation/audit.js";
export { judgementForecastSchema } from "../../lib/experiments/evaluation/forecast-judgement.js";
export { cardSchema } from "../../lib/experiments/evaluation/calibration-card.js";
export { baselineSchema } from "../../lib/experiments/runs/baseline.js";
export { forecastDocumentSchema } from "../../lib/report/forecast-table.js";
export { benchResultSchema } from "../../lib/report/bench-table.js";
export { studyDocumentSchema } from "./study-document.js";
