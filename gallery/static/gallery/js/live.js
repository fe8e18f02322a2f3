/* Keeps what a page shows up to date while it is open: how much is unread, how many like and
   comment on its pictures, and whether something came into the feed. Without this, a reload does.

   The server tells as it happens, or, where it cannot, is asked now and then. Either way it
   tells what is true, not what changed, so that a page that was away has missed nothing. */

import { tellLikes } from "./likes.js";
import { exact, numberIn, phrase, showNumber, showPhrase } from "./numbers.js";

const EVERY = 15_000;
const LONGEST = 5 * 60_000;
const ASK_FOR = 10 * 60_000; // after that the server may be able to tell
const MOST = 50;
const address = document.querySelector("script[data-live-url]").dataset.liveUrl;
const badge = document.querySelector("[data-unread]");
const feed = document.querySelector("[data-feed]")?.dataset.kind ?? "";
const title = document.title;

let known = ""; // stands for what the page shows
let source = null;
let timer;
let pause = EVERY;
let others = null; // pages of this browser
let letGo = () => {};

// -- Being told

function start() {
  if (document.hidden || source || !(badge || feed || keys().length)) return;
  others ??= listenToOthers();
  if (Number(sessionStorage.getItem("live-asks-until")) > Date.now()) ask();
  else open();
}

function open() {
  clearTimeout(timer);
  source = new EventSource(query());
  source.addEventListener("state", ({ data, lastEventId }) => {
    known = lastEventId;
    show(JSON.parse(data));
  });
  source.addEventListener("feed", () => document.dispatchEvent(new Event("gallery:news")));
  source.addEventListener("error", ({ target }) => {
    // Otherwise it comes back by itself.
    if (target !== source || target.readyState !== EventSource.CLOSED) return;
    source = null;
    // Unless it ended because one is leaving the page.
    timer = setTimeout(() => {
      sessionStorage.setItem("live-asks-until", Date.now() + ASK_FOR);
      pause = EVERY;
      ask();
    }, 1000);
  });
}

function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
  letGo();
}

// -- Asking

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    const response = await fetch(query(), {
      headers: { Accept: "application/json", ...(known && { "If-None-Match": `"${known}"` }) },
      cache: "no-store",
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) {
      known = response.headers.get("ETag").replace(/^W\//, "").replaceAll('"', "");
      show(await response.json());
    } else if (response.status !== 304) throw new Error(response.status);
    pause = EVERY;
  } catch {
    pause = Math.min(2 * pause, LONGEST);
  }
  clearTimeout(timer);
  timer = setTimeout(start, pause);
}

function query() {
  return `${address}?${new URLSearchParams({ images: keys(), feed, known })}`;
}

function keys() {
  const shown = [...document.querySelectorAll("[data-like-count]")];
  return [...new Set(shown.map((element) => element.dataset.likeCount))].slice(0, MOST);
}

// -- Out of sight. Browsers open six connections to a site, and a stream is one: beside the page
// one looks at, one other may keep its own, for its title, and tells the rest.

function hide() {
  if (!source || !navigator.locks) return stop();
  navigator.locks.request("gallery-live", { ifAvailable: true }, (lock) => {
    if (!document.hidden) return undefined;
    if (!lock) return stop();
    return new Promise((resolve) => { letGo = resolve; });
  });
}

function listenToOthers() {
  const channel = new BroadcastChannel("gallery-live");
  channel.addEventListener("message", ({ data }) => showUnread(data));
  return channel;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return hide();
  letGo();
  start();
});

// A page that the browser keeps to come back to must not keep a connection.
addEventListener("pagehide", () => {
  stop();
  others?.close();
  others = null;
});
addEventListener("pageshow", ({ persisted }) => persisted && start());

// -- On the page

function show({ unread, images }) {
  for (const [key, { like_count: count }] of Object.entries(images)) {
    const shown = document.querySelector(`[data-like-count="${key}"]`);
    if (numberIn(shown) !== count) tellLikes(key, count);
  }
  const picture = document.querySelector(".picture-likes form[data-like]")?.dataset.like;
  if (picture in images) showComments(images[picture].comment_count);
  if (unread === null) return;
  showUnread(unread);
  others?.postMessage(unread);
}

function showComments(count) {
  for (const element of document.querySelectorAll("[data-comment-count]")) {
    if (numberIn(element) === count) continue;
    showPhrase(element, count, undefined, element.closest("[data-comment-phrase]"));
  }
}

/* The badge names itself; nobody is interrupted to be told. */
function showUnread(count) {
  if (!badge) return;
  document.title = count ? `(${exact(count)}) ${title}` : title;
  const number = badge.querySelector("[data-unread-count]");
  // As the server has it: more than that says no more, and there is no room for it.
  showNumber(number, count, count > 99 ? "99+" : undefined);
  number.hidden = !count;
  const name = count ? phrase(badge.dataset, count).replace("{}", exact(count)) : badge.dataset.none;
  badge.setAttribute("aria-label", name);
}

if (badge) showUnread(numberIn(badge.querySelector("[data-unread-count]")) ?? 0);
start();
