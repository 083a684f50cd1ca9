import type { UserDocument } from "../../../app/documents/users.js";
import { objectOf, withUsers } from "../../../app/tracking/users/with-users.js";
import { objectFlags, usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users revoke`. */
export default class MlflowUsersRevoke extends BaseCommand {
  static override summary = "Take back what a user was granted on an experiment or a registered model.";
  static override description = "The user may then do what the server lets everybody do.";
  static override examples = ["<%= config.bin %> mlflow users revoke ada --experiment my-sweep"];
  static override args = { username: usernameArg };
  static override flags = { ...objectFlags, ...usersFlags };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersRevoke);
    const { kind, object } = await objectOf(flags, flags);
    return withUsers(flags, async (users) => {
      await users.revoke(kind, object, args.username);
      this.log(`Took back what ${args.username} was granted on ${kind} ${object}.`);
      const taken = { on: kind, object, permission: null };
      return { schema: "llmops.user/1", place: users.place, username: args.username, done: "revoked", permission: taken };
    });
  }
}
