import type { UserDocument } from "../../../app/documents/users.js";
import { withUsers } from "../../../app/tracking/users/with-users.js";
import { usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users delete`. */
export default class MlflowUsersDelete extends BaseCommand {
  static override summary = "Delete a user, with all permissions and tokens.";
  static override description = "What the user made stays. The last admin cannot be deleted.";
  static override examples = ["<%= config.bin %> mlflow users delete ada"];
  static override args = { username: usernameArg };
  static override flags = { ...usersFlags };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersDelete);
    return withUsers(flags, async (users) => {
      await users.delete(args.username);
      this.log(`Deleted ${args.username}.`);
      return { schema: "llmops.user/1", place: users.place, username: args.username, done: "deleted" };
    });
  }
}
