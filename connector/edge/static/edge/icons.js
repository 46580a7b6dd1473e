// An icon is a word that its font draws as a picture: beside other words it is not to be read aloud.
document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    const beside = icon.parentElement.textContent.replace(icon.textContent, "");
    if (beside.trim()) icon.setAttribute("aria-hidden", "true");
  }
});
