/** The search of `llmops optimize` for programs of your own: `import { SearchStudy } from "llmops/study"`. */
export { parseSearch } from "./parse-search.js";
export { SAMPLERS, SearchStudy } from "./search-study.js";
export type { Best, Measured, SearchDirection, SearchStudyOptions, Trial, TrialOutcome } from "./search-study.js";
export type { Params, SearchDimension } from "../samplers/space.js";
