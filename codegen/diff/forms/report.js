
"use strict";
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filter");
  const findings = [...document.querySelectorAll(".finding")];
  const texts = new Map(findings.map((finding) => [
    finding,
    `${finding.closest("section").querySelector("h2").textContent} ${finding.textContent}`.toLowerCase(),
  ]));

  function apply() {
    const data = new FormData(form);
    const severities = data.getAll("severity");
    const about = data.get("about");
    const words = data.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const finding of findings) {
      const fits = severities.includes(finding.dataset.severity)
        && (!about || finding.dataset.about === about)
        && words.every((word) => texts.get(finding).includes(word));
      finding.hidden = !fits;
      shown += fits;
    }
    for (const section of document.querySelectorAll(".operation")) {
      section.hidden = !section.querySelector(".finding:not([hidden])");
    }
    document.getElementById("shown").textContent = `${shown} of ${findings.length} findings shown`;
    document.getElementById("nothing").hidden = shown > 0 || findings.length === 0;
  }

  const themes = ["system", "light", "dark"];
  const button = document.getElementById("theme");
  function wear(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  }
  button.addEventListener("click", () => {
    const worn = root.dataset.theme || "system";
    wear(themes[(themes.indexOf(worn) + 1) % themes.length]);
  });

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("main details")) details.open = true;
  });
  form.hidden = false;
  button.hidden = false;
  apply();
})();
