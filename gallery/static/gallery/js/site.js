/* Small comforts on every page. Each page works without them. */

import "./times.js";
import "./toast.js";
import "./undo.js";
import "./waiting.js";

// -- Menus close with Escape, and when one goes elsewhere.

const openMenus = () => document.querySelectorAll("[data-menu][open]");

for (const type of ["pointerdown", "focusin"]) {
  document.addEventListener(type, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// -- The theme changes in place; the form is sent all the same, to be remembered.

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  const theme = event.submitter?.value;
  if (!form || !theme) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", button.value === theme);
  }
  // The answer leads back to this page, which nobody needs.
  await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
});

// -- A password can be shown.

for (const input of document.querySelectorAll(".field input[type=password]")) {
  const { showPassword, hidePassword } = document.body.dataset;
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "field-password";
  button.type = "button";
  button.textContent = showPassword;
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const hidden = input.type === "text";
    input.type = hidden ? "password" : "text";
    button.textContent = hidden ? showPassword : hidePassword;
  });
  input.replaceWith(box);
  box.append(input, button);
}

// -- What is wrong is where one goes on.

const wrong = document.querySelector("main .form-error, main [aria-invalid=true]");

if (wrong && !location.hash) {
  if (!wrong.matches("input, textarea, select")) wrong.tabIndex = -1;
  wrong.focus();
}
