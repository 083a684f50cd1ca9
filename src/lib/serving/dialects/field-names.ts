/** What OpenAI's fields are called in another API: the first pattern that a parameter begins with says what stands there instead. */
export type FieldNames = readonly (readonly [pattern: RegExp, name: string])[];
