/* Keeps unsent text of <form data-keep="name">, and of every other form with a text area, in this tab, so that an expired session, a lost connection or our own
   mistake costs nobody a sentence. Life of an entry:
     draft  typed, not sent           -> put back when the form shows again
     sent   handed to the server      -> dropped when the next ordinary page comes (the server has it)
            ... but a page with <body data-lost> (sign-in, error) says it was not taken: back to draft
   Entries belong to a person (body data-me) and to a path; signing out forgets them all. Passwords are never kept. */
const PREFIX = "keep:";
const TEXT = "textarea, input[type=text], input[type=search], input[type=email], input[type=url], input:not([type])";
const FORMS = "form[data-keep], form[method=post]:has(textarea:not([readonly]))";
const page = document.body.dataset;

const keyOf = (form) => `${PREFIX}${page.me ?? ""}:${location.pathname}:${form.dataset.keep ?? form.getAttribute("action")}`;
const textsOf = (form) => [...form.querySelectorAll(TEXT)].filter((field) => field.name && !field.readOnly);
const load = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");

function save(form, state) {
  const values = Object.fromEntries(textsOf(form).map((field) => [field.name, field.value]));
  try {
    if (Object.values(values).some(Boolean)) sessionStorage.setItem(keyOf(form), JSON.stringify({ state, values }));
    else sessionStorage.removeItem(keyOf(form));
  } catch {
    /* Storage is full or switched off: the text stays in the field only. */
  }
}

function ours() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

function bringBack() {
  for (const key of ours()) {
    const entry = load(key);
    if (entry.state !== "sent") continue;
    sessionStorage.setItem(key, JSON.stringify({ ...entry, state: "draft" }));
    show(entry);
  }
}

/* The page that asks to sign in again shows what was not taken. */
function show(entry) {
  const place = document.querySelector("[data-kept]");
  if (!place) return;
  place.querySelector("textarea").value = Object.values(entry.values).filter(Boolean).join("\n\n");
  place.hidden = false;
}

function forgetTaken() {
  for (const key of ours()) if (load(key).state === "sent") sessionStorage.removeItem(key);
}

function restore(form) {
  const entry = load(keyOf(form));
  if (!entry) return;
  const empty = textsOf(form).filter((field) => !field.value && entry.values[field.name]);
  for (const field of empty) field.value = entry.values[field.name];
  const text = document.getElementById("words")?.dataset.restored;
  if (empty.length && text) document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "info" } }));
}

function restoreAll() {
  document.querySelectorAll(FORMS).forEach(restore);
}

if ("lost" in page) bringBack();
else forgetTaken();
restoreAll();

document.addEventListener("input", ({ target }) => {
  const form = target.closest(FORMS);
  if (form) save(form, "draft");
});

document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-forget]")) ours().forEach((key) => sessionStorage.removeItem(key));
  if (target.matches(FORMS)) save(target, "sent");
});

/* htmx: the answer tells at once whether the text was taken. 401 leads to the sign-in, which brings it back. */
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.requestConfig.elt.closest(FORMS); // detail.elt is another one once it was swapped
  if (!form) return;
  if (detail.successful) sessionStorage.removeItem(keyOf(form));
  else if (detail.xhr.status !== 401) save(form, "draft");
});
