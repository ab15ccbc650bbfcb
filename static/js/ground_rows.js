// Adds a ground in place. Without this file the same button asks the server for one more row.
const form = document.querySelector("form.register");
const more = form?.querySelector("[data-more]");
const blank = form?.querySelector("template[data-blank]");
const count = form?.querySelector("[data-count]");
const MOST = 40;

more?.addEventListener("click", (event) => {
  const next = Number(count.value);
  if (!Number.isInteger(next) || next >= MOST) return;
  event.preventDefault();
  const row = blank.content.cloneNode(true);
  for (const one of row.querySelectorAll("*")) {
    for (const attribute of [...one.attributes]) {
      if (attribute.value.includes("NUMBER")) attribute.value = attribute.value.replaceAll("NUMBER", String(next));
    }
  }
  row.querySelector("[data-number]").textContent = String(next + 1);
  form.querySelector("[data-rows]").append(row);
  count.value = String(next + 1);
  form.querySelector(`[name="rows-${next}-part"]`)?.focus();
});
