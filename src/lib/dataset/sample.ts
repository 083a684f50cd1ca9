/** One row of a dataset: what is asked, and what a right answer says (null where nobody wrote one). */
export interface Sample {
  id: string;
  question: string;
  answer: string | null;
  topic: string | null;
}

/** The samples of one file, in file order. `digest` is a SHA-256 of the file's bytes, in hex. */
export interface Dataset {
  name: string;
  path: string;
  digest: string;
  samples: Sample[];
}
