/* Forms that are under way say so, and are not sent twice. A form whose answer is no page
   (a download) has `data-stays`. */

const SLOW = 250;

// On the window: after those that send a form themselves, and have said so.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "stays" in form.dataset) return;
  if ("waiting" in form.dataset) {
    event.preventDefault();
    return;
  }
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  form.dataset.waiting = "";
  // A quick answer needs no sign. Not disabled: that would take the focus away.
  setTimeout(() => "waiting" in form.dataset && button?.setAttribute("aria-busy", "true"), SLOW);
});

// Whoever comes back by "Back" may send it again.
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("form[data-waiting]")) {
    delete form.dataset.waiting;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
