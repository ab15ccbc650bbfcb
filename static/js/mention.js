// While "@" is typed in a note, members are offered by name; without this script the boxes under the note do the same.
const text = document.querySelector("textarea[name=text]");
const people = [...document.querySelectorAll("input[name=mention]")].map((box) => ({
  box,
  name: box.parentElement.textContent.trim(),
}));

if (text && people.length) {
  const list = document.createElement("ul");
  list.className = "mention-list";
  list.hidden = true;
  text.after(list);

  const word = () => /(?:^|\s)@([^\s@]{0,40})$/u.exec(text.value.slice(0, text.selectionStart));

  const pick = (person) => {
    const found = word();
    if (!found) return;
    const from = text.selectionStart - found[1].length;
    text.setRangeText(person.name + " ", from, text.selectionStart, "end");
    person.box.checked = true;
    list.hidden = true;
    text.focus();
  };

  const offer = () => {
    const found = word();
    const begun = found ? found[1].toLocaleLowerCase() : "";
    const fitting = found ? people.filter((p) => p.name.toLocaleLowerCase().includes(begun)).slice(0, 6) : [];
    list.replaceChildren(
      ...fitting.map((person) => {
        const row = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = person.name;
        button.addEventListener("click", () => pick(person));
        row.append(button);
        return row;
      }),
    );
    list.hidden = !fitting.length;
  };

  text.addEventListener("input", offer);
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.querySelector("button").focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    const next = event.key === "ArrowDown" ? row.nextElementSibling : event.key === "ArrowUp" ? row.previousElementSibling : null;
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "Escape" || (event.key === "ArrowUp" && !next)) text.focus();
    if (next) {
      event.preventDefault();
      next.querySelector("button").focus();
    }
  });
}
