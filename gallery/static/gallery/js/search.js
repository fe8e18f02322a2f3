/* "/" goes to the search field that is on the page: the page's own, else the header's. */

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], dialog");

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.defaultPrevented || isTyping(event.target)) return;
  const fields = [...document.querySelectorAll("main [data-search], [data-search]")];
  const field = fields.find((input) => input.checkVisibility());
  const link = document.querySelector("[data-search-link]");
  event.preventDefault();
  if (field) field.select();
  else link?.click();
  field?.focus();
});
