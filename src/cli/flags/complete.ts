/** Options with every name there is, if only as undefined: a function from flags to options that forgets one does not pass the types. */
export type Complete<T> = { [K in keyof Required<T>]: T[K] };
