import type { UserTokensDocument } from "../../../../app/documents/users.js";
import { withUsers } from "../../../../app/tracking/users/with-users.js";
import { tokensDocument } from "../../../../app/tracking/users/user-documents.js";
import { cut, whole } from "../../../../lib/report/fit-columns.js";
import { plainTable } from "../../../../lib/report/plain-table.js";
import { terminalScreen } from "../../../../cli/terminal/terminal-screen.js";
import { usernameArg, usersFlags } from "../../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../../cli/command/base-command.js";

/** `llmops mlflow users tokens list`. */
export default class MlflowUsersTokensList extends BaseCommand {
  static override summary = "List the tokens of a user, without the tokens themselves.";
  static override examples = ["<%= config.bin %> mlflow users tokens list ada"];
  static override args = { username: usernameArg };
  static override flags = { ...usersFlags };

  async run(): Promise<UserTokensDocument> {
    const { args, flags } = await this.parse(MlflowUsersTokensList);
    return withUsers(flags, async (users) => {
      const document = await tokensDocument(users, args.username);
      const rows = document.tokens.map(({ id, name, created_at: made, expires_at: until }) => [
        id,
        name,
        made.slice(0, 10),
        until ?? "never",
      ]);
      const head = [whole("id", 0), cut("name", 1), whole("made", 2), whole("expires", 3)];
      this.log(rows.length === 0 ? `${args.username} has no tokens.` : plainTable(head, rows, terminalScreen()));
      return document;
    });
  }
}
