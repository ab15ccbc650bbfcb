// Keys for lists. Everything they do is also a link or a button. They rest while somebody types, in dialogs and with
// modifiers, and where the reader has switched them off (cookie keys=off; WCAG 2.1.4).
const off = () => /(?:^|; )keys=off(?:;|$)/.test(document.cookie);
const rows = () => [...document.querySelectorAll("[data-keys] > *")].filter((row) => row.offsetParent !== null);
const typing = (at) => at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]");
const opener = (row) => row.querySelector("[data-open]") || row.querySelector("a[href]");
const help = document.querySelector("dialog.keys-help");
const said = document.querySelector("[data-keys-said]");
let here = -1, wait = "";
let timer = 0;

const mark = (to) => {
  const all = rows();
  if (!all.length) return;
  all.forEach((row) => row.classList.remove("on"));
  here = Math.max(0, Math.min(to, all.length - 1));
  const row = all[here];
  row.classList.add("on");
  row.scrollIntoView({ block: "nearest" });
  // The focus goes along, so that a screen reader reads the row and Enter is the link's own.
  opener(row)?.focus({ preventScroll: true });
};
const now = () => rows()[here];
const go = (name) => {
  const link = document.querySelector(`[data-go="${name}"]`);
  if (link) location.href = link.href;
};

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-keys] > *");
  if (!row) return;
  rows().forEach((other) => other.classList.toggle("on", other === row));
  here = rows().indexOf(row);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || off()) return;
  const key = event.key;
  if (wait === "g") {
    wait = "";
    clearTimeout(timer);
    go(key);
    return event.preventDefault();
  }
  const row = now();
  if (key === "j" || key === "k") mark(here + (key === "j" ? 1 : -1));
  else if (key === "x" && row) {
    const box = row.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    if (said) said.textContent = box.checked ? said.dataset.picked : said.dataset.left;
  } else if (key === "Enter" && row && event.target === document.body) opener(row)?.click();
  else if (key === "/") document.querySelector("form.find input[type=search], main input[type=search]")?.focus();
  else if (key === "?" && help) help.showModal();
  else if (key === "g") { wait = "g"; timer = setTimeout(() => { wait = ""; }, 1500); }
  else {
    const act = row?.querySelector(`[data-act="${CSS.escape(key.toLowerCase())}"]`);
    if (!act || key.length > 1) return;
    act.click();
  }
  event.preventDefault();
});
