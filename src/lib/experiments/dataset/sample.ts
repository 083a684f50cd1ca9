import type { Choices } from "./choices.js";
import type { ChatMessage } from "../../inference/openai/completion.js";

/** One row of a dataset: what is asked, and what a right answer says (null where nobody wrote one). */
export interface Sample {
  id: string;
  /** Of a conversation, what its last user message says. */
  question: string;
  answer: string | null;
  /** Every accepted answer where a row lists several; `answer` is the first. */
  answers: string[];
  topic: string | null;
  /** What the row offers to choose from; `answers` then are the texts of the right ones. */
  choices?: Choices;
  /** The row's other columns, for prompt templates and custom scorers. */
  fields: Record<string, unknown>;
  /** The conversation up to its last user message, where the row has one. */
  messages?: ChatMessage[];
  /** The row's own system prompt. */
  system?: string;
  /** How numbers were written, by the path of their field, where a number's own text would be another: 1.10, 007, 2^53 + 1. */
  written?: Readonly<Record<string, string>>;
}

/** The samples of one file, in file order. `digest` is a SHA-256 of the file's bytes, in hex. */
export interface Dataset {
  name: string;
  path: string;
  digest: string;
  samples: Sample[];
  /** Rows of the file; more than samples where a subset was taken. */
  available: number;
  /** What the user said columns mean, "answer=Gold,question=Prompt"; absent where nothing was said. */
  mapping?: string;
  /** How columns were understood, where their names do not say it, one sentence each. */
  notes?: readonly string[];
  /** Columns of choices, which are shown where a prompt asks for {{choices}}. */
  choiceColumns?: readonly string[];
  /** Columns that other tools score or ask by, and that mean nothing here. */
  unused?: readonly string[];
}
