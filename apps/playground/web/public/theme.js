// Before the first paint, so that a dark page does not flash white. The page's own script takes over from here.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("hawser.theme");
  } catch {
    // Storage is off: follow the system.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme =
    chosen === "light" || chosen === "dark" ? chosen : system;
})();
