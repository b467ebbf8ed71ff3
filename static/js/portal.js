/* Copying, dialogs, menus, drop zones, toasts, theme. Enhancements only: every page works with this file missing. */
const root = document.documentElement;
const TOAST_MS = 6000;
const openMenus = () => document.querySelectorAll("details.menu[open]");

root.classList.add("js");

/* Toasts: from the page, from a script's "toast" event, or from the server's HX-Trigger: {"toast": {"text", "tone"}}. */
const fade = (toast) => setTimeout(() => toast.remove(), TOAST_MS);

function say({ text, tone = "ok" }) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.tone = tone;
  toast.textContent = text;
  document.querySelector(".toasts")?.append(toast);
  fade(toast);
}

document.querySelectorAll(".toasts > .toast").forEach(fade);
document.addEventListener("toast", (event) => say(event.detail));

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select?.();
  try {
    await navigator.clipboard.writeText(field.value ?? field.innerText);
    say({ text: button.dataset.done });
  } catch {
    /* The field is selected: Ctrl+C works. */
  }
}

function openDialog(opener, event) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const near = (selector) => event.target.closest(selector);
  if (near("[data-copy]")) copy(near("[data-copy]"));
  if (near("[data-print]")) print();
  if (near("[data-dialog]")) openDialog(near("[data-dialog]"), event);
  if (near("[data-close]")) near("dialog")?.close();
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* The theme changes at once and is saved behind the scenes; without this the form posts and the page comes back. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  if (value) root.dataset.theme = value;
  else delete root.dataset.theme;
  for (const button of event.target.querySelectorAll("button")) {
    button.toggleAttribute("aria-pressed", false);
    if (button === event.submitter) button.setAttribute("aria-pressed", "true");
  }
  const body = new FormData(event.target, event.submitter);
  fetch(event.target.action, { method: "POST", body, redirect: "manual" });
});

/* Drop zones are ordinary file inputs; the names chosen are shown in them. */
for (const name of ["dragenter", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    event.target.closest?.(".drop")?.classList.toggle("is-over", name === "dragenter");
  });

document.addEventListener("change", (event) => {
  if (event.target.type === "file") {
    const shown = event.target.closest(".drop")?.querySelector("[data-chosen]");
    if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join(", ");
  }
});

/* A button that works again after a while: until then it is off, and the time beside it runs. Without this the page says so. */
function countDown(line) {
  const button = line.closest("form").querySelector("button");
  const clock = line.querySelector("b");
  const end = Date.now() + 1000 * Number(line.dataset.countdown);
  button.disabled = true;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left) return;
    clearInterval(timer);
    button.disabled = false;
    line.remove();
  }, 1000);
}

document.querySelectorAll("[data-countdown]").forEach(countDown);

/* A strip of tabs that is wider than the window begins where the reader is. */
for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
  const strip = tab.parentElement;
  const past = tab.getBoundingClientRect().right - strip.getBoundingClientRect().right;
  if (past > 0) strip.scrollLeft += past + 24;
}

/* A form that came back with errors: to the first field that needs a look (session.js does it for parts of a page). */
document.querySelector("[aria-invalid=true]")?.focus();
