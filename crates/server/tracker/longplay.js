// Longplay's tracker. It asks nobody but the server it came from, keeps nothing unless consent is full, and sends nothing
// at all when the browser asks not to be tracked. The server leaves out these comments and the indentation.
//
//   <script defer src="https://stats.example/longplay.js" data-key="lp_…" data-consent="full"></script>
//   longplay("track", "Signed Up", { plan: "pro" })   longplay("identify", "42", { email: "ada@example.com" })
//   longplay("page")   longplay("consent", "off" | "cookieless" | "full")   longplay("reset")
//
// Before it has loaded: window.longplay = window.longplay || function () { (longplay.q = longplay.q || []).push(arguments) };
(function (window, document, navigator, location) {
  var script = document.currentScript || document.querySelector("script[data-key][src*='longplay.js']");
  var setting = function (name) { return script.getAttribute("data-" + name); };
  var key = setting("key");
  var server = setting("host") || script.src.replace(/\/longplay\.js.*/, "");
  var consent = setting("consent") || "cookieless";
  var asked = navigator.doNotTrack == 1 || window.doNotTrack == 1 || navigator.globalPrivacyControl;
  var queue = [], user, last, timer, busy, wait = 1000, now = Date.now;

  // Storage may be forbidden, full or cleared at any moment; then everything goes on in memory.
  var store = function (name, value) {
    try {
      var box = window.localStorage;
      name = "longplay." + name;
      if (value === undefined) return box.getItem(name);
      value === null ? box.removeItem(name) : box.setItem(name, value);
    } catch (_) {}
  };
  var full = function () { return consent == "full"; };
  var uuid = function () {
    return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, function (c) {
      return (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16);
    });
  };
  var anonymous = function () {
    var id = store("id");
    if (!id) store("id", (id = uuid()));
    return id;
  };

  // What is not yet confirmed stays kept, so that the next page sends it again; the server knows it by its id.
  var keep = function () {
    queue = queue.slice(-100);
    if (full()) store("queue", queue.length ? JSON.stringify(queue) : null);
  };
  var body = function (batch) {
    return JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: batch });
  };
  var later = function () { timer = timer || setTimeout(flush, wait); };
  var flush = function () {
    timer = 0;
    if (busy || !queue.length) return;
    busy = 1;
    var batch = queue.slice(0, 20);
    fetch(server + "/v1/batch", { method: "POST", body: body(batch), keepalive: true, headers: { "Content-Type": "text/plain" } })
      .then(function (answer) { return answer.status < 500 && answer.status != 429 && answer.status != 408; })
      .catch(function () {})
      .then(function (done) {
        busy = 0;
        wait = done ? 1000 : Math.min(wait * 2, 6e4);
        if (done) queue = queue.filter(function (one) { return batch.indexOf(one) < 0; });
        keep();
        if (queue.length) later();
      });
  };
  var leave = function () {
    if (queue.length && navigator.sendBeacon) navigator.sendBeacon(server + "/v1/batch", body(queue.slice(-20)));
  };

  var send = function (type, more) {
    if (asked || consent == "off") return;
    var page = { url: location.href, path: location.pathname, title: document.title, referrer: last || document.referrer };
    var ours = { cookieless: !full(), own: !!store("own") };
    var one = { type: type, messageId: uuid(), timestamp: new Date().toISOString(), context: { page: page, library: { name: "longplay.js" }, longplay: ours } };
    if (full()) {
      one.anonymousId = anonymous();
      user = user || store("user");
    }
    if (user) one.userId = user;
    for (var name in more) one[name] = more[name];
    queue.push(one);
    keep();
    later();
  };

  var api = {
    page: function () {
      if (location.href == last) return;
      send("page");
      last = location.href;
    },
    track: function (event, properties) { send("track", { event: String(event), properties: properties }); },
    identify: function (id, traits) {
      user = String(id);
      if (full()) store("user", user);
      send("identify", { traits: traits });
    },
    consent: function (next) {
      consent = next;
      if (!full()) ["id", "user", "queue"].forEach(function (name) { store(name, null); });
      if (next == "off") queue = [], (user = null);
    },
    reset: function () {
      user = null;
      store("user", null);
      store("id", null);
    },
  };

  // The owner's own visits, marked by opening any page with #longplay-own once.
  if (location.hash == "#longplay-own") store("own", 1);
  if (location.hash == "#longplay-not-own") store("own", null);
  if (full()) try { queue = JSON.parse(store("queue")) || []; } catch (_) {}

  var before = (window.longplay && window.longplay.q) || [];
  window.longplay = function (call) {
    if (api[call]) api[call].apply(null, [].slice.call(arguments, 1));
  };
  api.page();
  before.forEach(function (words) { window.longplay.apply(null, words); });
  if (queue.length) later();

  var listen = function (target, names, then) {
    names.split(" ").forEach(function (name) { target.addEventListener(name, then, true); });
  };
  ["pushState", "replaceState"].forEach(function (name) {
    var own = history[name];
    history[name] = function () {
      own.apply(history, arguments);
      // The page's title follows its address.
      setTimeout(api.page);
    };
  });
  listen(window, "popstate", function () { setTimeout(api.page); });
  listen(window, "online", function () { wait = 1000; later(); });
  listen(window, "pagehide", leave);
  listen(document, "visibilitychange", function () { if (document.visibilityState == "hidden") leave(); });

  listen(document, "click auxclick", function (event) {
    var marked = event.target.closest("[data-longplay]:not(form)");
    if (marked) api.track(marked.getAttribute("data-longplay"));
    var link = event.target.closest("a[href]");
    if (!link || !/^https?:/.test(link.href)) return;
    if (/\.(pdf|zip|epub|mobi|docx?|xlsx?|pptx?|csv|txt|dmg|exe|msi|deb|apk|mp3|m4a|wav|mp4|mov|tar|t?gz|7z|rar|svg|psd|ics)$/i.test(link.pathname))
      api.track("File Download", { file: link.href.split("?")[0] });
    else if (link.host != location.host) api.track("Link Clicked", { url: link.href.split("?")[0] });
  });
  listen(document, "submit", function (event) {
    var name = event.target.getAttribute("data-longplay");
    if (name) api.track(name);
  });
  listen(document, "play timeupdate ended", function (event) {
    var media = event.target, share = media.duration ? (media.currentTime / media.duration) * 100 : 0;
    var step = event.type == "ended" ? 100 : Math.min(75, Math.floor(share / 25) * 25);
    if (media.longplay >= step) return;
    media.longplay = step;
    var what = { progress: step, media: media.title || (media.currentSrc || "").split("?")[0] };
    api.track(media.nodeName == "AUDIO" ? "Listened" : "Watched", what);
  });
})(window, document, navigator, location);
