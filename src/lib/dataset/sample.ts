/** One row of a dataset: what is asked, and what a right answer says (null where nobody wrote one). */
export interface Sample {
  id: string;
  question: string;
  answer: string | null;
  /** Every accepted answer where a row lists several; `answer` is the first. */
  answers: string[];
  topic: string | null;
  /** The row's other columns, for prompt templates and custom scorers. */
  fields: Record<string, unknown>;
}

/** The samples of one file, in file order. `digest` is a SHA-256 of the file's bytes, in hex. */
export interface Dataset {
  name: string;
  path: string;
  digest: string;
  samples: Sample[];
  /** Rows of the file; more than samples where a subset was taken. */
  available: number;
}
