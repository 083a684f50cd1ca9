import { Args, Flags } from "@oclif/core";
import { trackingUriFlag } from "./store-flags.js";

/** The flags of commands about users: which server's, or which database's. */
export const usersFlags = {
  "tracking-uri": trackingUriFlag,
  users: Flags.string({
    helpValue: "FILE",
    description: "database of the users [default: the server of --tracking-uri, or basic_auth.db beside that store]",
  }),
};

export const usernameArg = Args.string({ required: true, description: "the user's name" });

/** Where a password comes from. */
export const passwordFlag = Flags.string({
  helpValue: "VAR",
  description: "environment variable with the password [default: a random one, shown once]",
});

/** What a permission is on. */
export const objectFlags = {
  experiment: Flags.string({ helpValue: "NAME", exactlyOne: ["experiment", "model"], description: "experiment, by name or id" }),
  model: Flags.string({ helpValue: "NAME", exactlyOne: ["experiment", "model"], description: "registered model" }),
};
