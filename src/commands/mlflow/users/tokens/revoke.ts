import type { UserTokensDocument } from "../../../../app/documents/users.js";
import { Args } from "@oclif/core";
import { withUsers } from "../../../../app/tracking/users/with-users.js";
import { tokensDocument } from "../../../../app/tracking/users/user-documents.js";
import { usernameArg, usersFlags } from "../../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../../cli/command/base-command.js";

/** `llmops mlflow users tokens revoke`. */
export default class MlflowUsersTokensRevoke extends BaseCommand {
  static override summary = "Revoke a token of a user.";
  static override description = "It is refused from the next request on.";
  static override examples = ["<%= config.bin %> mlflow users tokens revoke ada ci"];
  static override args = { username: usernameArg, name: Args.string({ required: true, description: "name or id of the token" }) };
  static override flags = { ...usersFlags };

  async run(): Promise<UserTokensDocument> {
    const { args, flags } = await this.parse(MlflowUsersTokensRevoke);
    return withUsers(flags, async (users) => {
      await users.revokeToken(args.username, args.name);
      this.log(`Revoked the token ${args.name} of ${args.username}.`);
      return tokensDocument(users, args.username);
    });
  }
}
