import type { UsersDocument } from "../../../app/documents/users.js";
import { withUsers } from "../../../app/tracking/users/with-users.js";
import { usersDocument } from "../../../app/tracking/users/user-documents.js";
import { broken, cut, whole } from "../../../lib/report/fit-columns.js";
import { plainTable } from "../../../lib/report/plain-table.js";
import { terminalScreen } from "../../../cli/terminal/terminal-screen.js";
import { usersFlags } from "../../../cli/flags/users-flags.js";
import { BaseCommand } from "../../../cli/command/base-command.js";

/** `llmops mlflow users list`. */
export default class MlflowUsersList extends BaseCommand {
  static override summary = "List the users of an MLflow server, with what they were granted.";
  static override examples = ["<%= config.bin %> mlflow users list", "<%= config.bin %> mlflow users list --json"];
  static override flags = { ...usersFlags };

  async run(): Promise<UsersDocument> {
    const { flags } = await this.parse(MlflowUsersList);
    return withUsers(flags, async (users) => {
      const document = await usersDocument(users);
      const rows = document.users.map(({ username, admin, permissions }) => [
        username,
        admin ? "admin" : "",
        permissions.map(({ on, object, permission }) => `${permission} on ${on} ${object}`).join(", "),
      ]);
      this.log(
        rows.length === 0 ? "No users." : plainTable([cut("user", 0), whole("role", 5), broken("permissions")], rows, terminalScreen()),
      );
      return document;
    });
  }
}
