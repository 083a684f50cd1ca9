import type { UserDocument } from "../../../app/documents/users.js";
import { choosePassword, withUsers } from "../../../app/tracking/users/with-users.js";
import { passwordFlag, usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users password`. */
export default class MlflowUsersPassword extends BaseCommand {
  static override summary = "Set a user's password.";
  static override description = "The old one is refused from the next request on; tokens stay valid.";
  static override examples = [
    "<%= config.bin %> mlflow users password ada",
    "<%= config.bin %> mlflow users password ada --password-env ADA_PASSWORD",
  ];
  static override args = { username: usernameArg };
  static override flags = { "password-env": passwordFlag, ...usersFlags };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersPassword);
    const { password, isMade } = choosePassword(flags["password-env"]);
    return withUsers(flags, async (users) => {
      await users.setPassword(args.username, password);
      this.log(`Set the password of ${args.username}.`);
      if (isMade && !this.jsonEnabled()) this.log(`It is not shown again: ${password}`);
      const { place } = users;
      return { schema: "llmops.user/1", place, username: args.username, done: "password set", ...(isMade && { password }) };
    });
  }
}
