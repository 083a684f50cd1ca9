import { measure } from "./json-size.js";
import { atOnce } from "./slices.js";

/** As deep as the JSON of a request may be where nothing else is said. */
const DEEPEST = 128;

/** Parses JSON that stands in a text within other JSON, whose depth nothing has bounded yet. Throws SyntaxError for what is not JSON or is deeper than 128. */
export function parseJsonText(text: string): unknown {
  const { depth } = atOnce(measure(Buffer.from(text)));
  if (depth > DEEPEST) throw new SyntaxError(`The JSON is ${depth} lists and objects deep, and at most ${DEEPEST} are taken.`);
  return JSON.parse(text) as unknown;
}
