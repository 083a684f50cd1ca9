import { Errors, Flags } from "@oclif/core";

/** A flag with a number of 0 or more. */
export const numberFlag = Flags.custom<number>({
  parse: (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return Promise.resolve(value);
    throw new Errors.CLIError(`"${text}" is not a number of 0 or more.`);
  },
});
