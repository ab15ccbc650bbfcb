// Saves a letter while it is written. Without this file the Save button does the same.
const form = document.querySelector("form[data-autosave]");
if (form) {
  const said = form.querySelector("[data-autosave-said]");
  const PAUSE = 1500;
  let timer = 0, busy = false, again = false, stopped = false;
  const value = (name) => form.elements[name] ? form.elements[name].value : undefined;
  const words = () => {
    const out = { version: Number(value("version")) };
    for (const name of ["subject", "body", "recipient", "address", "channel", "public_title"])
      if (value(name) !== undefined) out[name] = value(name);
    return out;
  };
  const tell = (text, bad) => { said.textContent = text; said.classList.toggle("bad", Boolean(bad)); };
  const save = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": value("csrfmiddlewaretoken") },
        body: JSON.stringify(words()),
      });
      const told = await answer.json();
      if (answer.ok) { form.elements.version.value = told.version; tell(told.said); }
      else {
        tell(told.problem, true);
        // Somebody else saved: the button shows both versions side by side, and nothing more is sent by itself.
        if (answer.status === 409) stopped = true;
      }
    } catch { tell(said.dataset.offline || "Not saved: no connection. It is tried again with your next change.", true); }
    busy = false;
    if (again && !stopped) { again = false; save(); }
  };
  form.addEventListener("input", () => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
}
