// What forms do beyond sending: count whom a rule means while it is typed, take files that are dropped and say how far they are,
// look again while somebody works. Everything here works without it, by a button.
(function () {
  "use strict";
  var PAUSE_MS = 400;

  function preview(field) {
    var place = document.getElementById(field.getAttribute("aria-describedby"));
    var timer = null;
    var latest = 0;
    function count() {
      var rule = field.value.trim();
      latest += 1;
      var mine = latest;
      if (!rule) { place.textContent = ""; return; }
      place.textContent = "Counting …";
      fetch(field.dataset.preview + "?rule=" + encodeURIComponent(rule), { headers: { accept: "application/json" } })
        .then(function (answer) { return answer.json(); })
        .then(function (told) {
          if (mine === latest) place.textContent = told.error ? told.error.message : told.sentence;
        })
        .catch(function () { if (mine === latest) place.textContent = "The server did not answer; it may be restarting."; });
    }
    field.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(count, PAUSE_MS);
    });
    document.querySelectorAll("[data-rule]").forEach(function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        field.value = link.dataset.rule;
        field.focus();
        count();
      });
    });
  }

  // Files: dropped anywhere on the form, sent with how far that is.
  function drop(form) {
    var input = form.querySelector("input[type=file]");
    var place = form.querySelector("[data-progress]");
    ["dragenter", "dragover"].forEach(function (name) {
      form.addEventListener(name, function (event) { event.preventDefault(); form.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      form.addEventListener(name, function () { form.classList.remove("over"); });
    });
    form.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var sending = new XMLHttpRequest();
      sending.open("POST", form.action);
      sending.upload.addEventListener("progress", function (step) {
        if (step.lengthComputable) place.textContent = "Sent " + Math.floor((100 * step.loaded) / step.total) + " in 100";
      });
      sending.addEventListener("load", function () {
        if (sending.status < 400) { location.href = sending.responseURL; return; }
        var told = new DOMParser().parseFromString(sending.responseText, "text/html").querySelector(".wrong");
        place.textContent = told ? told.textContent : "The server did not take them.";
      });
      sending.addEventListener("error", function () { place.textContent = "The server did not answer; the files are not there."; });
      place.textContent = "Sending …";
      sending.send(new FormData(form));
    });
  }

  // A browser knows its zone; whoever lives elsewhere says so.
  function zone(field) {
    var own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (own) field.value = own;
  }

  document.querySelectorAll("[data-preview]").forEach(preview);
  document.querySelectorAll("[data-drop]").forEach(drop);
  document.querySelectorAll("[data-own-zone]").forEach(zone);
  document.querySelectorAll("[data-again]").forEach(function (place) {
    setTimeout(function () { location.reload(); }, Number(place.dataset.again));
  });
})();
