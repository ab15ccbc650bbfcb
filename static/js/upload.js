// Files dropped or chosen go one by one, each with its own bar; without this script the form sends them all at once.
const form = document.querySelector("form[data-upload]");

if (form) {
  const list = form.querySelector("[data-progress]");
  const said = form.querySelector("[data-said]");
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  const button = form.querySelector("button.btn");
  const word = (name) => form.querySelector("template[data-words]").content.querySelector(`[data-word="${name}"]`).textContent;
  let queue = [];
  let running = false;
  let failed = false;

  const row = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    name.className = "name";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `${file.name}: ${word("keeping")}`);
    const words = document.createElement("p");
    words.className = "words";
    item.append(name, bar, words);
    list.append(item);
    list.hidden = false;
    return { file, bar, words, once: crypto.randomUUID() };
  };

  const tell = (one, sentences, bad) => {
    one.words.textContent = sentences.join(" ");
    one.words.classList.toggle("bad", bad);
    said.textContent = `${one.file.name}: ${sentences.join(" ")}`;
    failed = failed || bad;
  };

  const send = (one) =>
    new Promise((done) => {
      const body = new FormData();
      for (const name of ["csrfmiddlewaretoken", "event", "circle"]) body.append(name, form.elements[name].value);
      if (form.elements.privileged.checked) body.append("privileged", "on");
      body.append("once", one.once);
      body.append("files", one.file);
      const call = new XMLHttpRequest();
      call.open("POST", form.action || location.href);
      call.setRequestHeader("Accept", "application/json");
      call.upload.onprogress = (step) => {
        if (step.lengthComputable) one.bar.value = Math.round((100 * step.loaded) / step.total);
      };
      call.onload = () => {
        let answer = null;
        try {
          answer = JSON.parse(call.responseText);
        } catch (problem) {
          if (!(problem instanceof SyntaxError)) throw problem;
        }
        if (answer === null) tell(one, [word("failed")], true);
        else if (answer.errors.length) tell(one, answer.errors, true);
        else {
          one.bar.value = 100;
          tell(one, [word("kept"), ...answer.said], false);
        }
        done();
      };
      call.onerror = () => {
        tell(one, [word("failed")], true);
        done();
      };
      call.send(body);
    });

  const run = async () => {
    if (running) return;
    running = true;
    button.disabled = true;
    while (queue.length) await send(queue.shift());
    running = false;
    button.disabled = false;
    const address = form.action || location.pathname;
    if (!failed) location.assign(address);
    else {
      const again = document.createElement("a");
      again.href = address;
      again.textContent = word("show");
      const item = document.createElement("li");
      item.append(again);
      list.append(item);
    }
  };

  const add = (files) => {
    queue.push(...Array.from(files, row));
    input.value = "";
    run();
  };

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    add(input.files);
  });
  for (const name of ["dragenter", "dragover"])
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) add(event.dataTransfer.files);
  });
}
