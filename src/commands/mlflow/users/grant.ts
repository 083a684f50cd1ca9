import type { UserDocument } from "../../../app/documents/users.js";
import { Args } from "@oclif/core";
import { PERMISSIONS, toPermission } from "../../../lib/tracking/users/permissions.js";
import { objectOf, withUsers } from "../../../app/tracking/users/with-users.js";
import { objectFlags, usernameArg, usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users grant`. */
export default class MlflowUsersGrant extends BaseCommand {
  static override summary = "Grant a user a permission on an experiment or a registered model.";
  static override description =
    "READ; EDIT: change as well; MANAGE: delete as well, and grant; NO_PERMISSIONS: not even what the server lets everybody do. It replaces what was granted before.";
  static override examples = [
    "<%= config.bin %> mlflow users grant ada EDIT --experiment my-sweep",
    "<%= config.bin %> mlflow users grant ada READ --model qa-model",
  ];
  static override args = {
    username: usernameArg,
    permission: Args.string({ required: true, options: PERMISSIONS, description: "what the user may do" }),
  };
  static override flags = { ...objectFlags, ...usersFlags };

  async run(): Promise<UserDocument> {
    const { args, flags } = await this.parse(MlflowUsersGrant);
    const permission = toPermission(args.permission);
    const { kind, object } = await objectOf(flags, flags);
    return withUsers(flags, async (users) => {
      await users.grant(kind, object, args.username, permission);
      this.log(`Granted ${args.username} ${permission} on ${kind} ${object}.`);
      const granted = { on: kind, object, permission };
      return { schema: "llmops.user/1", place: users.place, username: args.username, done: "granted", permission: granted };
    });
  }
}
