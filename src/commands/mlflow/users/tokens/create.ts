import type { UserTokensDocument } from "../../../../app/documents/users.js";
import { Args, Flags } from "@oclif/core";
import { withUsers } from "../../../../app/tracking/users/with-users.js";
import { tokensDocument } from "../../../../app/tracking/users/user-documents.js";
import { parseDuration } from "../../../../lib/base/config/duration.js";
import { usernameArg, usersFlags } from "../../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../../cli/command/base-command.js";

/** `llmops mlflow users tokens create`. */
export default class MlflowUsersTokensCreate extends BaseCommand {
  static override summary = "Create a token by which a program acts as a user.";
  static override description = "Programs send it as a bearer token: MLFLOW_TRACKING_TOKEN. It is shown once, and stored only as a hash.";
  static override examples = ["<%= config.bin %> mlflow users tokens create ada ci --expires 90d"];
  static override args = { username: usernameArg, name: Args.string({ required: true, description: "what it is for" }) };
  static override flags = {
    expires: Flags.string({ helpValue: "TIME", description: "how long it holds, such as 90d [default: until it is revoked]" }),
    ...usersFlags,
  };

  async run(): Promise<UserTokensDocument> {
    const { args, flags } = await this.parse(MlflowUsersTokensCreate);
    const expiresAt = flags.expires === undefined ? null : Date.now() + parseDuration(flags.expires);
    return withUsers(flags, async (users) => {
      const { token } = await users.createToken(args.username, { name: args.name, expiresAt });
      if (!this.jsonEnabled()) {
        this.printWhole(token);
        this.note(`This is the token ${args.name} of ${args.username}. It is not shown again.`);
      }
      return tokensDocument(users, args.username, token);
    });
  }
}
