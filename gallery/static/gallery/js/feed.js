/* The feed: says how much is new, and brings it. */

const EVERY = 30_000;
const AT_LEAST = 3_000;
const feed = document.querySelector("[data-feed]");
const news = feed?.querySelector("[data-news]");
const list = () => feed.querySelector("[data-items]");

let isAsking = false;
let timer;
let pausing = null;
let isWanted = false;

// -- How much is new

async function ask() {
  if (isAsking || document.hidden || feed.dataset.newer === undefined) return;
  isAsking = true;
  try {
    const url = `${feed.dataset.newsUrl}?cursor=${encodeURIComponent(feed.dataset.newer)}`;
    const response = await fetch(url, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) tell(await response.json());
  } catch {
    // No network; the next time will tell.
  } finally {
    isAsking = false;
  }
}

/* live.js has heard that something came. Of much at once it is enough to ask once. */
document.addEventListener("gallery:news", () => {
  if (!feed) return;
  isWanted = true;
  if (pausing === null) askOnce();
});

function askOnce() {
  pausing = null;
  if (!isWanted) return;
  isWanted = false;
  ask();
  pausing = setTimeout(askOnce, AT_LEAST);
}

function tell({ count, text }) {
  if (!count) return news.replaceChildren();
  const shown = news.querySelector("button");
  if (shown) {
    shown.lastChild.textContent = text;
    return;
  }
  const button = document.createElement("button");
  const words = document.createElement("span");
  button.type = "button";
  button.className = "button button-primary button-small";
  words.textContent = text;
  button.append(words);
  button.addEventListener("click", bring);
  news.append(button);
}

async function bring() {
  news.querySelector("button").disabled = true;
  let page;
  try {
    const response = await fetch(location.pathname, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(response.status);
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    news.querySelector("button").disabled = false;
    return;
  }
  const there = page.querySelector("[data-feed]");
  const rows = [...page.querySelectorAll("[data-feed] [data-items] > *")];
  const isKnown = (row) => document.getElementById(row.id);
  const first = rows.findIndex(isKnown);
  if (first < 0 || there.dataset.kind !== feed.dataset.kind) {
    // More than a page of it, or of other people: this page is out of date as a whole.
    history.replaceState(null, "");
    scrollTo({ top: 0, behavior: "instant" });
    location.reload();
    return;
  }
  const fresh = rows.slice(0, first);
  for (const row of fresh) row.classList.add("is-new");
  list().prepend(...fresh);
  feed.dataset.newer = there.dataset.newer;
  news.replaceChildren();
  scrollTo({ top: 0 });
  fresh[0]?.querySelector(".activity-sentence a")?.focus({ preventScroll: true });
}

if (feed) {
  // Whoever comes back sees at once what came meanwhile.
  document.addEventListener("visibilitychange", start);
  start();
}

function start() {
  clearInterval(timer);
  if (document.hidden) return;
  ask();
  timer = setInterval(ask, EVERY);
}
