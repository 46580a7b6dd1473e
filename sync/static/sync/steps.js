// Has a form that takes many steps sent again and again, and shows how far it is. Without this, each press is one step.
"use strict";

for (const form of document.querySelectorAll("form[data-sync-steps]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form).catch(() => form.submit());
  });
}

async function run(form) {
  const shown = form.querySelector(".sync-progress");
  const bar = shown.querySelector("progress");
  const status = shown.querySelector("[role=status]");
  const button = form.querySelector("button[type=submit]");
  const content = new FormData(form);
  button.disabled = true;
  let done = 0;
  for (;;) {
    const answer = await fetch(form.action, { method: "POST", body: content, headers: { Accept: "application/json" } });
    if (!answer.ok || !answer.headers.get("Content-Type").startsWith("application/json")) {
      throw new Error("A person has to look at it.");
    }
    const step = await answer.json();
    done += step.done;
    shown.hidden = false;
    bar.max = done + step.left;
    if (step.is_counted) bar.value = done;
    else bar.removeAttribute("value"); // How much is left is not known: it moves, and claims no share.
    status.textContent = `${done} done, ${step.told} left`;
    if (!step.left || !step.done) break;
  }
  location.assign(form.dataset.syncNext);
}
