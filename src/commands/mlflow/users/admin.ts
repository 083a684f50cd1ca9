import type { UserDocument } from "../../../app/documents/users.js";
import { Flags } from "@oclif/core";
import { withUsers } from "../../../app/tracking/users/with-users.js";
import { usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users admin`. */
export default class MlflowUsersAdmin extends BaseCommand {
  static override summary = "Make a user an admin, or no longer one.";
  static override description = "An admin may do everything, and changes users. The last one stays one.";
  static override examples = ["<%= config.bin %> mlflow users admin ada", "<%= config.bin %> mlflow users admin ada --no-longer"];
  static override args = { username: usernameArg };
  static override flags = { "no-longer": Flags.boolean({ description: "take it back" }), ...usersFlags };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersAdmin);
    const isAdmin = !flags["no-longer"];
    return withUsers(flags, async (users) => {
      await users.setAdmin(args.username, isAdmin);
      this.log(isAdmin ? `${args.username} is an admin.` : `${args.username} is no longer an admin.`);
      return { schema: "llmops.user/1", place: users.place, username: args.username, done: isAdmin ? "admin" : "not admin" };
    });
  }
}
