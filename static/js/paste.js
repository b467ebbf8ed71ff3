/* A screenshot in the clipboard becomes a file of the form that is marked with data-paste. */
document.addEventListener("paste", (event) => {
  const field = document.querySelector("form[data-paste] input[type=file]");
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (!field || !pasted.length) return;
  event.preventDefault();
  field.closest("details")?.setAttribute("open", "");
  const all = new DataTransfer();
  for (const file of [...field.files, ...pasted]) all.items.add(file);
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
