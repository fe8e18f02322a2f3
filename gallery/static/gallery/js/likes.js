/* Like buttons without a page load; without this the same forms work as plain forms.

   A click says which state is wanted and shows it at once, on every button of
   that picture. The answer then says what is true. While a request is under way
   further clicks are remembered, and the last of them is carried out. */

import { numberIn, showPhrase } from "./numbers.js";
import { toast } from "./toast.js";

const underWay = new Map(); // key of a picture → whether it is wanted liked

document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("form[data-like] button")) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-like]") || event.defaultPrevented) return;
  event.preventDefault();
  const key = form.dataset.like;
  const wanted = (event.submitter ?? buttonOf(form)).value === "like";
  const count = readCount(key);
  const isFirst = !underWay.has(key);
  underWay.set(key, wanted);
  if (isFirst) settle(form, key, { is_liked: !wanted, like_count: count });
  show(key, wanted);
  if (count !== null) writeCount(key, count + (wanted ? 1 : -1));
});

async function settle(form, key, known) {
  try {
    // Once more if the mind was changed meanwhile.
    for (let sent = null; sent !== underWay.get(key); ) {
      sent = underWay.get(key);
      known = await send(form, sent);
    }
  } catch (error) {
    const loginUrl = document.body.dataset.loginUrl;
    if (error.status === 401) location.assign(loginUrl);
    else toast(error.message || form.dataset.error, { kind: "error" });
  } finally {
    underWay.delete(key);
    show(key, known.is_liked);
    writeCount(key, known.like_count, known.like_count_text);
  }
}

async function send(form, isLiked) {
  const body = new URLSearchParams(new FormData(form));
  body.set("action", isLiked ? "like" : "unlike");
  let response;
  try {
    // Not form.action: that is the button of this name.
    response = await fetch(form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Error(); // no network, or no answer; the form has the words for it
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok && "is_liked" in answer) return answer;
  throw Object.assign(new Error(answer.error), { status: response.status });
}

function show(key, isLiked) {
  const state = isLiked ? "unlike" : "like";
  for (const form of document.querySelectorAll(`form[data-like="${key}"]`)) {
    const button = buttonOf(form);
    button.value = state;
    button.querySelector(".like-label").textContent = button.dataset[`${state}Label`];
    button.setAttribute("aria-label", button.dataset[`${state}Name`]);
    button.classList.toggle("is-liked", isLiked);
  }
}

function writeCount(key, count, text) {
  if (count === null || count === undefined) return;
  for (const element of countsOf(key)) {
    const around = element.closest("[data-like-phrase]");
    (around ?? element).classList.toggle("is-none", count === 0);
    showPhrase(element, count, text, around);
  }
}

/* Show how many like a picture, as somebody else has told; one's own click under way wins. */
export function tellLikes(key, count) {
  if (!underWay.has(String(key))) writeCount(key, count);
}

const countsOf = (key) => document.querySelectorAll(`[data-like-count="${key}"]`);
const readCount = (key) => numberIn(countsOf(key)[0]);

function buttonOf(form) {
  return form.querySelector("button[name=action]");
}
