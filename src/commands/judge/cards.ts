import type { JudgeCardsDocument } from "../../app/documents/projects.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { listCards } from "../../lib/experiments/evaluation/calibration-card.js";
import { renderCard } from "../../lib/report/calibration-table.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { cardFolder } from "../../app/studies/study-folders.js";

/** `llmops judge cards`. */
export default class JudgeCards extends BaseCommand {
  static override summary = "Show the calibration cards of this folder: which judges agree with people, and how well.";

  async run(): Promise<JudgeCardsDocument> {
    await this.parse(JudgeCards);
    const cards = listCards(cardFolder());
    this.log(
      cards.length === 0
        ? "No judge was calibrated here. Start with: llmops judge calibrate --labels FILE"
        : cards.map((card) => renderCard(card, terminalScreen())).join("\n\n"),
    );
    return { schema: "llmops.judge-cards/1", cards };
  }
}
