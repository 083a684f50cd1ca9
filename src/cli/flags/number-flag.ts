import { Errors, Flags } from "@oclif/core";

/** A flag with a whole number of a range, or "auto". */
export const countOrAutoFlag = Flags.custom<number | "auto", { min: number; max: number }>({
  parse: (text, _, { min, max }) => {
    const value = Number(text);
    if (text === "auto") return Promise.resolve(text);
    if (Number.isInteger(value) && value >= min && value <= max) return Promise.resolve(value);
    throw new Errors.CLIError(`"${text}" is neither auto nor a whole number from ${min} to ${max}.`);
  },
});

/** A flag with a number of 0 or more. */
export const numberFlag = Flags.custom<number>({
  parse: (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return Promise.resolve(value);
    throw new Errors.CLIError(`"${text}" is not a number of 0 or more.`);
  },
});
