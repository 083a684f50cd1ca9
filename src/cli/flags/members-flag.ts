import { Errors, Flags } from "@oclif/core";
import { readMembers } from "../../lib/base/config/setting.js";

/** A flag with the members of a JSON object. */
export const membersFlag = Flags.custom<Readonly<Record<string, unknown>>>({
  parse: (text) => {
    try {
      return Promise.resolve(readMembers(text));
    } catch {
      throw new Errors.CLIError(`${text} is not a JSON object, such as {"enable_thinking": false}.`);
    }
  },
});
