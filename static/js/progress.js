// Says how far a wave is, without reloading the page. Without this file the link does it.
const line = document.querySelector("[data-progress]");
if (line) {
  const bar = line.parentElement.querySelector("progress");
  const look = async () => {
    try {
      const answer = await fetch(line.dataset.progress, { credentials: "same-origin" });
      if (!answer.ok) return;
      const told = await answer.json();
      line.textContent = told.said;
      if (bar) { bar.max = told.whole; bar.value = told.gone; }
      if (told.waiting > 0) setTimeout(look, 2000);
    } catch { setTimeout(look, 10000); }
  };
  setTimeout(look, 2000);
}
