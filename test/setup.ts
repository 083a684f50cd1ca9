import { afterAll, afterEach, expect } from "vitest";
import { watchAnswers } from "./helpers/described-answers.js";

/** What any server of this process answers has to be what its route's description says: no test need ask for it. */
const faults: string[] = [];
watchAnswers((fault) => void faults.push(fault));

const demandNone = () => expect([...new Set(faults.splice(0))], "answers are as their routes describe them").toEqual([]);
afterEach(demandNone);
afterAll(demandNone);
