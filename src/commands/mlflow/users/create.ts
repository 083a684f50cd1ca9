import type { UserDocument } from "../../../app/documents/users.js";
import { Flags } from "@oclif/core";
import { choosePassword, withUsers } from "../../../app/tracking/users/with-users.js";
import { passwordFlag, usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users create`. */
export default class MlflowUsersCreate extends BaseCommand {
  static override summary = "Create a user of an MLflow server.";
  static override description =
    "The server is the one of --tracking-uri, where an admin signs in (MLFLOW_TRACKING_USERNAME and _PASSWORD), or one on this machine, whose database is written.";
  static override examples = [
    "<%= config.bin %> mlflow users create ada",
    "ADA=... <%= config.bin %> mlflow users create ada --password-env ADA --admin",
  ];
  static override args = { username: usernameArg };
  static override flags = {
    "password-env": passwordFlag,
    admin: Flags.boolean({ description: "an admin: may do everything, and change users" }),
    ...usersFlags,
  };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersCreate);
    const { password, isMade } = choosePassword(flags["password-env"]);
    return withUsers(flags, async (users) => {
      await users.create(args.username, password);
      if (flags.admin) await users.setAdmin(args.username, true);
      this.log(`Created ${args.username}${flags.admin ? ", an admin" : ""}.`);
      if (isMade && !this.jsonEnabled()) this.log(`The password, which is not shown again: ${password}`);
      const { place } = users;
      return { schema: "llmops.user/1", place, username: args.username, done: "created", ...(isMade && { password }) };
    });
  }
}
