/* Hot keys: data-key="n" on a link, button or field; Ctrl+Enter sends; "?" lists them. Single letters can be switched off. */
const OFF = "keys-off";
const isOff = () => localStorage.getItem(OFF) === "1";
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
  if (isOff() && event.key !== "/" && event.key !== "?") return;
  const hot = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!hot) return;
  event.preventDefault();
  if (hot.matches(writes)) hot.focus();
  else hot.click();
});

/* The list is made of what the page has, so it is never wrong. */
const list = document.querySelector("[data-keys-list]");

function line(key, words) {
  const name = document.createElement("dt");
  name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  return [name, Object.assign(document.createElement("dd"), { textContent: words })];
}

document.addEventListener("click", (event) => {
  if (!list || !event.target.closest('[data-dialog="keys"]')) return;
  const first = (one) => document.querySelector(`[data-key="${CSS.escape(one.dataset.key)}"]`) === one;
  const hot = [...document.querySelectorAll("[data-key]")].filter(first);
  const name = (one) => one.ariaLabel || one.labels?.[0]?.firstChild.textContent || one.textContent || one.name;
  const lines = hot.flatMap((one) => line(one.dataset.key, name(one).trim()));
  const hints = [...document.querySelectorAll("[data-hint]")].flatMap((one) => line(one.dataset.hint, one.textContent));
  list.replaceChildren(...lines, ...hints, ...line("Ctrl+Enter", list.dataset.send));
});

const off = document.querySelector("[data-keys-off]");
if (off) off.checked = isOff();
off?.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : "0"));
