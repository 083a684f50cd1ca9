import type { ComponentType } from "react";
import type { ActionsProps } from "./answers-actions.js";
import type { RatingProps } from "./rating-bar.js";

/** What can be done with answers where there is a server: with all of them, and with one. */
export interface Acting {
  Actions: ComponentType<ActionsProps>;
  Rating: ComponentType<RatingProps>;
}
