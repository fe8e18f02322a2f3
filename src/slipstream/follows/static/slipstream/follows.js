/*
 * Follow buttons without a page load. Load it as a module; without it the same
 * forms work as plain forms.
 *
 * A click says which state is wanted and shows it at once, on every button of
 * that person. The answer then says what is true. While a request is under way
 * further clicks are remembered, and the last of them is carried out; a double
 * click counts once.
 *
 * What else a page may have, all optional:
 *   data-follower-count="<key>"    an element that holds how many follow a person
 *   data-following-count="<key>"   … and how many the person follows
 *   data-follower-phrase="<key>"   around such a number, with data-one="{} follower"
 *                                  and data-other="{} followers" (any plural category)
 *   data-slipstream-messages       where errors are shown, an aria-live region;
 *                                  else they appear beside the button
 *   data-number="1234"             on such an element: the number, where its text is a short
 *                                  one (1.2K); kept up to date, as is the title
 *   data-login-url                 on the form or around it: where visitors go
 *
 * After each answer the event "slipstream:followed" bubbles from the form, with the answer as
 * its detail.
 */
const language = document.documentElement.lang || undefined;
const numbers = new Intl.NumberFormat(language);
const short = new Intl.NumberFormat(language, { notation: "compact", roundingMode: "trunc" });
const plurals = new Intl.PluralRules(language);
const underWay = new Map(); // key of a person → the state that was wanted last

document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("form[data-slipstream-follow] button")) {
    event.preventDefault();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-slipstream-follow]") || event.defaultPrevented) return;
  if (form.hasAttribute("data-slipstream-plain")) return;
  event.preventDefault();
  const key = form.dataset.slipstreamFollow;
  const wanted = (event.submitter ?? buttonOf(form)).value === "follow";
  const followers = readNumber("data-follower-count", key);
  const isFirst = !underWay.has(key);
  underWay.set(key, wanted);
  if (isFirst) settle(form, key, { is_following: !wanted, follower_count: followers });
  show(key, wanted);
  if (followers !== null) write("data-follower-count", key, followers + (wanted ? 1 : -1));
});

async function settle(form, key, known) {
  let answer = null;
  try {
    // Once more if the mind was changed meanwhile.
    for (let sent = null; sent !== underWay.get(key); ) {
      sent = underWay.get(key);
      known = await send(form, sent);
    }
    answer = known;
  } catch (error) {
    if (error.status === 401) signIn(form);
    else say(form, error.message || form.dataset.error);
  } finally {
    underWay.delete(key);
    show(key, known.is_following);
    write("data-follower-count", key, known.follower_count);
    write("data-following-count", known.viewer_id, known.viewer_following_count);
  }
  if (answer) {
    form.dispatchEvent(new CustomEvent("slipstream:followed", { bubbles: true, detail: answer }));
  }
}

async function send(form, isFollowing) {
  const body = new URLSearchParams(new FormData(form));
  body.set("action", isFollowing ? "follow" : "unfollow");
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
  if (response.ok && "is_following" in answer) return answer;
  throw Object.assign(new Error(answer.error), { status: response.status });
}

function signIn(form) {
  const url = form.closest("[data-login-url]")?.dataset.loginUrl;
  if (url) location.assign(url);
  else {
    form.setAttribute("data-slipstream-plain", "");
    setTimeout(() => form.requestSubmit(buttonOf(form)));
  }
}

function show(key, isFollowing) {
  const action = isFollowing ? "unfollow" : "follow";
  for (const form of elements("data-slipstream-follow", key)) {
    const button = buttonOf(form);
    button.value = action;
    button.textContent = button.dataset[action];
    button.setAttribute("aria-label", button.dataset[`${action}Name`]);
    button.classList.toggle("is-following", isFollowing);
  }
}

function write(attribute, key, number) {
  if (number === null || number === undefined) return;
  for (const element of elements(attribute, key)) {
    writeNumber(element, number);
    const phrase = element.closest("[data-follower-phrase]");
    const words = phrase?.dataset[plurals.select(number)] ?? phrase?.dataset.other;
    if (words) {
      const [front, back] = words.split("{}");
      phrase.replaceChildren(front, element, back);
    }
  }
}

function writeNumber(element, number) {
  const exact = numbers.format(number);
  if (element.dataset.number === undefined) {
    element.textContent = exact;
    return;
  }
  element.dataset.number = number;
  element.textContent = short.format(number);
  if (element.textContent === exact) element.removeAttribute("title");
  else element.title = exact;
}

function readNumber(attribute, key) {
  const element = elements(attribute, key)[0];
  const digits = element?.dataset.number ?? element?.textContent.replace(/\D/g, "");
  return digits ? Number(digits) : null;
}

function say(form, text) {
  const region = document.querySelector("[data-slipstream-messages]") ?? besideButton(form);
  const message = document.createElement("p");
  message.className = "slipstream-message";
  message.textContent = text;
  region.querySelector(".slipstream-message")?.remove();
  region.append(message);
}

function besideButton(form) {
  const region = form.querySelector("[role=status]") ?? document.createElement("div");
  region.setAttribute("role", "status");
  form.append(region);
  return region;
}

function elements(attribute, key) {
  return document.querySelectorAll(`[${attribute}="${CSS.escape(key)}"]`);
}

function buttonOf(form) {
  return form.querySelector("button[name=action]");
}
