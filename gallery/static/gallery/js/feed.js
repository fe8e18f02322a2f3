/* The feed: says how much is new, brings it, and keeps its times right. */

const EVERY = 30_000;
const language = document.documentElement.lang;
const feed = document.querySelector("[data-feed]");
const news = feed?.querySelector("[data-news]");
const list = () => feed.querySelector("[data-items]");

let isAsking = false;
let timer;

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

// -- How long ago it was

const MINUTE = 60;
const STEPS = [
  [7 * 86400, 86400, "day"],
  [86400, 3600, "hour"],
  [3600, MINUTE, "minute"],
];
const relative = new Intl.RelativeTimeFormat(language);

function tick() {
  for (const time of document.querySelectorAll("[data-ago]")) {
    const seconds = Math.floor((Date.now() - new Date(time.dateTime)) / 1000);
    if (seconds < MINUTE) continue; // as it came: just now
    const step = STEPS.findLast(([below]) => seconds < below);
    if (step) time.textContent = relative.format(-Math.floor(seconds / step[1]), step[2]);
  }
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
  tick();
  timer = setInterval(() => { ask(); tick(); }, EVERY);
}
