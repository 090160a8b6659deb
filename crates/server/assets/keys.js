// Keys and the palette. A plain script without a build. A key does what a link or a field of the page does that names it in
// `aria-keyshortcuts`, so nothing can be done by keys alone, and a page without script loses nothing.
(function () {
  "use strict";

  function element(name, text, names) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (names) made.className = names;
    return made;
  }
  function wordsOf(target) {
    var label = target.labels && target.labels[0];
    var copy = (label || target).cloneNode(true);
    copy.querySelectorAll("kbd").forEach(function (key) { key.remove(); });
    return (target.getAttribute("aria-label") || copy.textContent || "").trim();
  }
  function isTyping(target) { return target.closest("input, textarea, select, [contenteditable], dialog") !== null; }

  // What a link, a button or a field is for.
  function use(target) {
    var folded = target.closest("details:not([open])");
    if (folded && target.tagName !== "SUMMARY") folded.open = true;
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  }
  function withKey(key) {
    return Array.from(document.querySelectorAll("[aria-keyshortcuts]")).find(function (target) {
      return target.getAttribute("aria-keyshortcuts").split(" ").indexOf(key) >= 0;
    });
  }

  function opened(label) {
    var dialog = element("dialog", "", "keys");
    dialog.setAttribute("aria-label", label);
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    return dialog;
  }

  var NAMES = { ArrowLeft: "←", ArrowRight: "→" };
  function listKeys() {
    var dialog = opened("Keys");
    dialog.append(element("h2", "Keys"));
    var list = element("dl");
    var tell = function (key, what) {
      var term = element("dt");
      term.append(element("kbd", NAMES[key] || key));
      list.append(term, element("dd", what));
    };
    var told = {};
    document.querySelectorAll("[aria-keyshortcuts]").forEach(function (target) {
      var key = target.getAttribute("aria-keyshortcuts").split(" ")[0];
      if (!told[key]) tell(key, wordsOf(target));
      told[key] = true;
    });
    tell("Ctrl K", "Go to anything this page leads to; so does / where there is no search");
    tell("?", "This list");
    tell("Esc", "Close what is open");
    var close = element("button", "Close");
    close.addEventListener("click", function () { dialog.close(); });
    dialog.append(list, close);
    dialog.showModal();
  }

  // Everything the page leads to, once each.
  function ways() {
    var seen = {};
    var found = [];
    var take = function (target, words) {
      if (!words || seen[words]) return;
      seen[words] = true;
      found.push({ words: words, go: function () { use(target); } });
    };
    document.querySelectorAll("nav a[href], [aria-keyshortcuts]").forEach(function (target) { take(target, wordsOf(target)); });
    document.querySelectorAll("main a[href]").forEach(function (target) { take(target, wordsOf(target)); });
    return found;
  }

  var SHOWN_MOST = 12;
  function palette() {
    var all = ways();
    var dialog = opened("Go to");
    var field = element("input");
    field.type = "text";
    field.placeholder = "Go to …";
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-label", "Go to");
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "palette-ways");
    field.autocomplete = "off";
    var list = element("ul");
    list.id = "palette-ways";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Places");
    dialog.append(field, list);
    var shown = [];
    var chosen = 0;
    var mark = function () {
      Array.from(list.children).forEach(function (item, index) {
        item.setAttribute("aria-selected", String(index === chosen));
        if (index === chosen) field.setAttribute("aria-activedescendant", item.id);
      });
    };
    var go = function (way) { dialog.close(); way.go(); };
    var show = function () {
      var wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = all.filter(function (way) {
        var words = way.words.toLowerCase();
        return wanted.every(function (part) { return words.indexOf(part) >= 0; });
      }).slice(0, SHOWN_MOST);
      chosen = 0;
      list.replaceChildren.apply(list, shown.map(function (way, index) {
        var item = element("li", way.words);
        item.id = "palette-way-" + index;
        item.setAttribute("role", "option");
        item.addEventListener("click", function () { go(way); });
        return item;
      }));
      mark();
    };
    field.addEventListener("input", show);
    field.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = Math.max(0, Math.min(shown.length - 1, chosen + (event.key === "ArrowDown" ? 1 : -1)));
        mark();
      } else if (event.key === "Enter" && shown[chosen]) {
        event.preventDefault();
        go(shown[chosen]);
      }
    });
    show();
    dialog.showModal();
    field.focus();
  }

  function pressed(event) {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!document.querySelector("dialog.keys")) palette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") { listKeys(); return; }
    // Arrows belong to whatever is focused, such as a chart or a table that scrolls.
    if (event.key.indexOf("Arrow") === 0 && event.target !== document.body) return;
    var target = withKey(event.key);
    if (!target && event.key === "/") {
      event.preventDefault();
      if (!document.querySelector("dialog.keys")) palette();
    }
    if (!target) return;
    event.preventDefault();
    use(target);
  }

  // After the scripts of the page, whose own keys come first.
  document.addEventListener("DOMContentLoaded", function () { document.addEventListener("keydown", pressed); });
})();
