/* How long ago things were, kept right while a page is open. As `gallery.front.times` says it. */

const EVERY = 30_000;
const MINUTE = 60;
const STEPS = [
  [7 * 86400, 86400, "day"],
  [86400, 3600, "hour"],
  [3600, MINUTE, "minute"],
];
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined);

let timer;

function tick() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.floor((Date.now() - new Date(time.dateTime)) / 1000);
    if (seconds < MINUTE) continue; // as it came: just now
    const step = STEPS.findLast(([below]) => seconds < below);
    const words = step && relative.format(-Math.floor(seconds / step[1]), step[2]);
    if (words && words !== time.textContent) time.textContent = words;
  }
}

function start() {
  clearInterval(timer);
  if (document.hidden) return;
  tick();
  timer = setInterval(tick, EVERY);
}

// Whoever comes back finds them right at once.
document.addEventListener("visibilitychange", start);
start();
