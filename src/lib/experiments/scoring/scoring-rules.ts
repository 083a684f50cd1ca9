/** How scorers compare, for help texts. */
export const SCORING_RULES = `Texts (contains, contains_all, exact, terms, token_f1, rouge_l, bleu) are compared without case, white space, the
punctuation of sentences, quotation marks, round brackets, hyphens between letters, Markdown's emphasis and an
English article at the beginning. Signs, decimal points, combining marks, symbols and emoji stay: C++ is not C, -5 is
not 5. contains looks for whole words (3 is not in 3.14); in Chinese, Japanese, Thai, Lao, Khmer and Burmese the
reference may stand anywhere, in Korean particles may follow it.

Numbers (numeric): the one in the last \\boxed{}, or after ####, or else the last. Digits of every script, both
conventions of thousands and decimals, percent, fractions (3/4, ½), 1.5×10^3, "2.5 million" and currency signs are
read. "1,234" and "1.234" in an answer may be either convention; in a reference a comma before three digits separates
thousands and a point is decimal. 50 % matches 0.5 and 50, as the reference has it. Dates and times are not numbers.

json takes JSON alone or in one code fence; regex:PATTERN fills {{answer}} and other columns in as literal text.
Thoughts (<think>...</think> and the like, reasoning_content) are not scored; --score-thinking scores them too,
--think-marks OPEN,CLOSE names other marks.`;
