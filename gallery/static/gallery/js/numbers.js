/* Numbers as short as the language of the page makes them: 1.2K, 3.4만.

   As `gallery.front.numbers` does: rounded down, never more than there is. An element
   that shows one has the exact number in `data-number`, and in its title where the text
   says less. */

const language = document.documentElement.lang || undefined;
const exactly = new Intl.NumberFormat(language);
const shortly = new Intl.NumberFormat(language, { notation: "compact", roundingMode: "trunc" });
const plurals = new Intl.PluralRules(language);

export const exact = (number) => exactly.format(number);
export const short = (number) => shortly.format(number);

/* Which of `words`, which has `one` and `other` with {} for the number, fits `number`. */
export const phrase = (words, number) => words[plurals.select(number) === "one" ? "one" : "other"];

export function numberIn(element) {
  const number = element?.dataset.number;
  return number ? Number(number) : null;
}

/* Show `number` in `element`; `text` is how the server has put it. */
export function showNumber(element, number, text = short(number)) {
  element.dataset.number = number;
  element.textContent = text;
  if (text === exact(number)) element.removeAttribute("title");
  else element.title = exact(number);
}

/* The same, and the words around it: "1 like", "1.2K likes". */
export function showPhrase(element, number, text, around) {
  showNumber(element, number, text);
  if (!around) return;
  const [front, back] = phrase(around.dataset, number).split("{}");
  element.parentElement.replaceChildren(front, element, back);
}
