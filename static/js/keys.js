/* Hot keys: data-key="n" on a link, button or field; Ctrl+Enter sends. <body data-keys="off"> turns single letters off. */
const writes = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form");
    const button = form?.querySelector(".btn--primary");
    if (!event.target.matches("textarea") || !form) return;
    event.preventDefault();
    form.requestSubmit(button?.type === "submit" ? button : undefined);
    return;
  }
  if (event.target.matches?.(writes) || event.metaKey || event.ctrlKey || event.altKey) return;
  if (document.body.dataset.keys === "off" && event.key !== "/") return;
  const hot = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!hot) return;
  event.preventDefault();
  if (hot.matches(writes)) hot.focus();
  else hot.click();
});
