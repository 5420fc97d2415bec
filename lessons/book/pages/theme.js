// Before the page is drawn: the theme that was chosen last. Without one, the system's.
const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;
