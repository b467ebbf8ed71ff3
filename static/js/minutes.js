/* Minutes while people talk: Alt+Down and Alt+Up go from item to item, Ctrl+Shift+Enter closes and publishes. */
const items = () => [...document.querySelectorAll(".scribe textarea")];

document.addEventListener("keydown", (event) => {
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const all = items();
    const here = all.indexOf(document.activeElement);
    const next = all[here + (event.key === "ArrowDown" ? 1 : -1)] ?? document.getElementById("new-item");
    if (!next) return;
    event.preventDefault();
    next.focus();
    return;
  }
  const close = document.querySelector("[data-close-minutes]");
  if (close && event.key === "Enter" && event.ctrlKey && event.shiftKey) {
    event.preventDefault();
    event.stopPropagation();
    close.requestSubmit();
  }
}, { capture: true });
