/* Comments without a page load; without this the same forms and links work as
   plain ones. What was written is kept until the server has it. */

import { exact, phrase, showPhrase } from "./numbers.js";

const section = document.querySelector("[data-comments]");
const words = section?.dataset;
const list = section?.querySelector("[data-items]");

section?.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-comment-form]");
  if (!form) return;
  event.preventDefault();
  if (!isBusy(form)) carryOut(form);
});

section?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  const does = [
    ["[data-comment-open]", open],
    ["[data-comment-cancel]", close],
    ["[data-comments-earlier]", showEarlier],
  ].find(([selector]) => link.matches(selector))?.[1];
  if (!does) return;
  event.preventDefault();
  does(link);
});

section?.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-comment-form]");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  const cancel = event.key === "Escape" && form.querySelector("[data-comment-cancel]");
  if (cancel) close(cancel);
});

// -- Sending

const after = { write: wrote, edit: edited, delete: deleted };

async function carryOut(form) {
  setBusy(form, true);
  say("");
  let answer;
  try {
    answer = await send(form);
  } catch (error) {
    showError(form, error);
    return;
  } finally {
    setBusy(form, false);
  }
  clearError(form);
  after[form.dataset.commentForm](form, answer);
}

async function send(form) {
  let response;
  try {
    response = await fetch(form.getAttribute("action"), {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Error(words.failed); // no network, or no answer
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const told = answer?.error ?? answer?.errors?.text?.[0] ?? words.failed;
  throw Object.assign(new Error(told), { status: response.status });
}

function wrote(form, { html, comment_count: count, comment_count_text: text, token }) {
  const row = toRow(html);
  row.classList.add("is-new");
  const known = document.getElementById(row.id); // sent before, and the answer was lost
  if (known) known.replaceWith(row);
  else list.append(row);
  form.elements.text.value = "";
  form.elements.token.value = token;
  showCount(count, text);
  say(words.posted);
}

function edited(form, { html }) {
  const row = toRow(html);
  form.closest(".comment").replaceWith(row);
  row.querySelector("[data-comment-open=edit]").focus();
  say(words.saved);
}

function deleted(form, { comment_count: count, comment_count_text: text }) {
  const row = form.closest(".comment");
  const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector(".comment-name");
  row.remove();
  (next ?? document.getElementById("comments-title")).focus();
  showCount(count, text);
  say(words.deleted);
}

// -- Changing and deleting in place

async function open(link) {
  const row = link.closest(".comment");
  if (row.querySelector("form")) return;
  const page = await load(link.href);
  const form = page?.querySelector("form[data-comment-form]");
  // Without it, the page says why.
  if (!form) return location.assign(link.href);
  if (row.querySelector("form")) return; // opened twice
  form.dataset.openedBy = link.dataset.commentOpen;
  row.querySelector("[data-comment-text]").hidden = link.dataset.commentOpen === "edit";
  row.querySelector("[data-comment-actions]").hidden = true;
  row.querySelector(".comment-main").append(form);
  const field = form.querySelector("textarea") ?? form.querySelector("[data-comment-cancel]");
  field.focus();
  if (field.value) field.setSelectionRange(field.value.length, field.value.length);
}

function close(cancel) {
  const form = cancel.closest("form");
  const row = form.closest(".comment");
  row.querySelector("[data-comment-text]").hidden = false;
  row.querySelector("[data-comment-actions]").hidden = false;
  row.querySelector(`[data-comment-open=${form.dataset.openedBy}]`).focus();
  form.remove();
}

// -- Earlier ones, above; what one reads stays where it is

async function showEarlier(link) {
  if (isBusy(link)) return;
  setBusy(link, true);
  const page = await load(link.href);
  setBusy(link, false);
  if (!page) return location.assign(link.href); // the browser says why
  const found = [...page.querySelectorAll("[data-comments] [data-items] > *")];
  const fresh = found.filter((row) => !document.getElementById(row.id));
  const first = list.firstElementChild;
  const place = first?.getBoundingClientRect().top ?? 0;
  list.prepend(...fresh);
  const next = page.querySelector("[data-comments-earlier]");
  if (next) link.href = next.href;
  else link.remove();
  if (first) scrollBy({ top: first.getBoundingClientRect().top - place, behavior: "instant" });
  const heading = fresh.at(-1)?.querySelector(".comment-name");
  if (!next) heading?.focus({ preventScroll: true });
  say(phrase(words, fresh.length).replace("{}", exact(fresh.length)));
}

// -- What they all need

async function load(url) {
  try {
    const response = await fetch(url, {
      headers: { Accept: "text/html" },
      signal: AbortSignal.timeout(15_000),
    });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function toRow(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function showCount(count, text) {
  for (const element of document.querySelectorAll("[data-comment-count]")) {
    showPhrase(element, count, text, element.closest("[data-comment-phrase]"));
  }
}

function showError(form, error) {
  clearError(form);
  const box = section.querySelector("[data-comment-error]").content.firstElementChild.cloneNode(true);
  const field = form.elements.text;
  const text = box.querySelector("span");
  box.setAttribute("role", "alert");
  text.textContent = error.message;
  if (error.status === 401) text.append(" ", logInLink());
  if (field) {
    box.id = `${field.id}_error`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", box.id);
    field.after(box);
    field.focus();
  } else {
    form.prepend(box);
  }
}

function clearError(form) {
  form.querySelector(".field-errors")?.remove();
  form.elements.text?.removeAttribute("aria-invalid");
  form.elements.text?.removeAttribute("aria-describedby");
}

function logInLink() {
  const link = document.createElement("a");
  link.href = document.body.dataset.loginUrl;
  // In another window, so that what was written is still here.
  link.target = "_blank";
  link.textContent = words.logIn;
  return link;
}

function say(text) {
  section.querySelector("[data-comment-status]").textContent = text;
}

function isBusy(element) {
  return element.dataset.busy !== undefined;
}

function setBusy(element, busy) {
  element.toggleAttribute("data-busy", busy);
  // Not disabled: that would take the focus away.
  (element.querySelector("button") ?? element).setAttribute("aria-disabled", String(busy));
}
