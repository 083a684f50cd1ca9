import { fileURLToPath } from "node:url";

/** Rows of a dataset used where nobody says how many: five settings times three repeats of the demo model end well within two minutes. */
export const DEFAULT_LIMIT = 200;
/** The longest completion where nobody says. */
export const DEFAULT_MAX_TOKENS = 64;
/** The questions that are asked where no dataset is named. */
export const EXAMPLE_DATASET = fileURLToPath(new URL("../../../examples/qa.jsonl", import.meta.url));
/** The seed of a study, the seconds one attempt may take, and the attempts after a failed one. */
export const [DEFAULT_SEED, DEFAULT_TIMEOUT, DEFAULT_RETRIES] = [42, 120, 2];
