// Sentences in the reader's language, from templates/shells/words.html, and the one polite region that says them.
export const say = (name, values = {}) => {
  const sentence = document.getElementById("words")?.dataset[name] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
};

export const show = (sentence) => {
  const region = document.getElementById("toasts");
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = sentence;
  region.replaceChildren(toast);
  return toast;
};

export const clock = () =>
  new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
