/* Copying, on the pages of an installation by hand; without it people mark and copy. */

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.done = "";
    document.getElementById("live").textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
  }
});
