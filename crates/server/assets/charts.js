// Draws the charts and opens the tables. A plain script without a build: it only draws what the page already says in
// words and tables, so everything works without it. Loaded in the head so that tables fold before anything is painted.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var charts = [];

  function tokens() {
    var style = getComputedStyle(root);
    var read = function (name) { return style.getPropertyValue("--" + name).trim(); };
    return {
      paper: read("paper"), surface: read("surface"), ink: read("ink"), muted: read("muted"), line: read("line"),
      axis: read("axis"), accent: read("accent"), usual: read("usual"), sans: getComputedStyle(document.body).fontFamily,
    };
  }

  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  var time = function (day) { return Date.parse(day + "T00:00:00Z"); };
  var DAY = 86400000;
  function shortDay(stamp) { var d = new Date(stamp); return d.getUTCDate() + " " + MONTHS[d.getUTCMonth()]; }
  function monthLabel(stamp) {
    var d = new Date(stamp);
    if (d.getUTCDate() !== 1) return shortDay(stamp);
    return MONTHS[d.getUTCMonth()] + (d.getUTCMonth() === 0 ? " " + d.getUTCFullYear() : "");
  }
  function number(value) {
    if (Math.abs(value) >= 1000) return value.toLocaleString("en", { maximumFractionDigits: 0 });
    return String(+value.toPrecision(3));
  }
  function shorten(text, letters) { return text.length > letters ? text.slice(0, letters - 1).trimEnd() + "…" : text; }
  function scaled(value, data) { return value === null ? null : value * data.factor; }
  function known(mark) { return mark.value !== null && mark.state === "known"; }

  function base(t) {
    return {
      animation: false,
      textStyle: { fontFamily: t.sans, fontSize: 13, color: t.muted },
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: t.surface, borderColor: t.axis, borderWidth: 1,
        padding: [8, 12], textStyle: { color: t.ink }, transitionDuration: 0, enterable: false,
      },
    };
  }
  function tip(words) {
    var box = document.createElement("div");
    box.className = "tip";
    box.textContent = words;
    return box;
  }

  // Where a mark lies: on a day, or so many days after a person's first.
  function place(data, mark) { return data.kind === "ages" ? +mark.at : time(mark.at); }
  function ageAxis(t, data, width) {
    return {
      type: "value", min: +data.marks[0].at, max: +data.marks[data.marks.length - 1].at, splitNumber: Math.max(2, Math.floor(width / 130)),
      axisLine: { lineStyle: { color: t.axis } }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: t.muted, fontSize: 13, formatter: function (days) { return days === 0 ? "0" : "day " + Math.round(days); }, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
    };
  }
  function timeAxis(t, data, width) {
    var first = time(data.marks[0].at), last = time(data.marks[data.marks.length - 1].at);
    var today = data.today ? time(data.today) : last;
    var span = data.kind === "weeks" ? 7 * DAY : DAY;
    var end = today >= last && today - last <= 60 * DAY ? today : last;
    if (data.kind === "months") {
      // The first month stands at its end; what happened in it is before that.
      var begun = new Date(first);
      first = Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth(), 1);
    }
    return {
      type: "time", min: first - span / 2, max: Math.max(end, last) + span / 2,
      axisLine: { lineStyle: { color: t.axis } }, axisTick: { show: false }, splitLine: { show: false },
      splitNumber: Math.max(2, Math.floor(width / 130)),
      axisLabel: { color: t.muted, fontSize: 13, formatter: monthLabel, hideOverlap: true },
    };
  }
  // From zero to the first round number beyond `most`, in about `splits` steps of 1, 2 or 5.
  function valueAxis(t, most, splits) {
    var raw = (most > 0 ? most : 1) / splits;
    var magnitude = Math.pow(10, Math.floor(Math.log10(raw)));
    var step = [1, 2, 5, 10].find(function (s) { return s * magnitude >= raw * 0.999; }) * magnitude;
    return {
      type: "value", min: 0, max: Math.ceil(most / step - 1e-9) * step || step, interval: step,
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: t.line } },
      axisLabel: { color: t.muted, fontSize: 13, formatter: number },
    };
  }
  function highest(data) {
    return Math.max.apply(null, [0].concat(data.marks.map(function (m) { return Math.max(m.high || 0, m.value || 0, m.beside || 0); }))) * data.factor;
  }

  // Runs of neighbouring marks for which `holds` is true; a missing mark ends the run, so that no line crosses a gap.
  function runs(marks, holds) {
    var found = [], run = [];
    marks.forEach(function (mark) {
      if (holds(mark)) run.push(mark);
      else if (run.length) { found.push(run); run = []; }
    });
    if (run.length) found.push(run);
    return found;
  }
  // One polygon a run between low and high.
  function bands(data, z, colour, opacity, holds) {
    return runs(data.marks, function (m) { return m.low !== null && m.high !== null && holds(m); }).map(function (run) {
      return {
        type: "custom", silent: true, z: z, clip: true, coordinateSystem: "cartesian2d", tooltip: { show: false },
        renderItem: function (params, api) {
          if (params.dataIndex) return undefined;
          var at = function (m, value) { return api.coord([place(data, m), value * data.factor]); };
          var points = run.map(function (m) { return at(m, m.high); }).concat(run.slice().reverse().map(function (m) { return at(m, m.low); }));
          if (run.length === 1) {
            points = [[points[0][0] - 3, points[0][1]], [points[0][0] + 3, points[0][1]], [points[1][0] + 3, points[1][1]], [points[1][0] - 3, points[1][1]]];
          }
          return { type: "polygon", shape: { points: points }, style: { fill: colour, opacity: opacity } };
        },
        data: [[place(data, run[0]), run[0].high * data.factor]],
      };
    });
  }
  function points(data, pick) {
    return data.marks.map(function (m) { return [place(data, m), pick(m) ? scaled(m.value, data) : null]; });
  }
  function todayLine(t, data) {
    if (!data.today) return undefined;
    return {
      silent: true, symbol: "none", animation: false,
      data: [{
        xAxis: time(data.today), lineStyle: { type: [2, 3], color: t.muted, width: 1 },
        label: { formatter: "today", position: "end", color: t.muted, fontSize: 13, align: "right", distance: 2 },
      }],
    };
  }

  // What happened on a day, on the axis: a tick for a piece that came out, a larger one in the accent for what was noted.
  function moments(t, data) {
    if (!data.moments || data.moments.length === 0) return [];
    return [{
      type: "custom", silent: true, z: 5, clip: false, coordinateSystem: "cartesian2d", tooltip: { show: false }, name: "moments",
      renderItem: function (params, api) {
        var m = data.moments[params.dataIndex], at = api.coord([time(m.at), 0]), wide = 5, high = 10;
        if (!m.is_note) return { type: "line", shape: { x1: at[0], y1: at[1], x2: at[0], y2: at[1] - 5 }, style: { stroke: t.muted, lineWidth: 1 } };
        return { type: "polygon", shape: { points: [[at[0], at[1] - high], [at[0] - wide, at[1]], [at[0] + wide, at[1]]] }, style: { fill: t.accent, stroke: t.surface, lineWidth: 1 } };
      },
      data: data.moments.map(function (m) { return [time(m.at), 0]; }),
    }];
  }

  function weeks(t, data, width) {
    var early = function (m) { return m.value !== null && m.state !== "known"; };
    // The dashed line starts at the last finished week, so that it hangs together with the solid one.
    var joins = function (m, i) { return early(m) || (known(m) && data.marks[i + 1] !== undefined && early(data.marks[i + 1])); };
    var dots = data.marks.length <= 60 && width / data.marks.length > 8;
    var option = base(t);
    option.grid = { left: 4, right: 20, top: 28, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
    option.xAxis = timeAxis(t, data, width);
    option.yAxis = valueAxis(t, highest(data), 4);
    option.series = bands(data, 1, t.accent, 0.18, known).concat(bands(data, 1, t.accent, 0.07, early), [
      { type: "line", z: 3, name: "known", data: points(data, known), color: t.accent, lineStyle: { width: 2 }, symbol: "circle", symbolSize: dots ? 5 : 4, showSymbol: dots, connectNulls: false, markLine: todayLine(t, data) },
      { type: "line", z: 2, name: "early", data: data.marks.map(function (m, i) { return [time(m.at), joins(m, i) ? scaled(m.value, data) : null]; }), color: t.accent, lineStyle: { width: 2, type: "dashed", opacity: 0.55 }, symbol: "emptyCircle", symbolSize: 5, showSymbol: false, connectNulls: false },
    ]);
    option.series = option.series.concat(waiting(t, data), moments(t, data));
    if (data.reference) option.series.find(function (s) { return s.name === "known"; }).markLine = withReference(t, data, todayLine(t, data), "yAxis");
    return option;
  }
  // Weeks that can't be told yet: a dashed frame that says so, instead of nothing.
  function waiting(t, data) {
    return runs(data.marks, function (m) { return m.value === null && m.state === "too_early"; }).map(function (run) {
      var half = (data.kind === "months" ? 15 : 3.5) * DAY;
      return {
        type: "custom", silent: true, z: 1, tooltip: { show: false }, coordinateSystem: "cartesian2d",
        renderItem: function (params, api) {
          var box = params.coordSys;
          var left = Math.max(box.x, api.coord([time(run[0].at) - half, 0])[0]);
          var isLast = run[run.length - 1] === data.marks[data.marks.length - 1];
          var until = Math.max(time(run[run.length - 1].at) + half, isLast && data.today ? time(data.today) : 0);
          var right = Math.min(box.x + box.width, api.coord([until, 0])[0]);
          var children = [{ type: "rect", shape: { x: left, y: box.y, width: right - left, height: box.height }, style: { fill: t.usual, opacity: 0.1 } },
            { type: "line", shape: { x1: left, y1: box.y, x2: left, y2: box.y + box.height }, style: { stroke: t.axis, lineWidth: 1, lineDash: [4, 4] } }];
          if (right - left > 24) children.push({ type: "text", x: (left + right) / 2, y: box.y + box.height / 2, rotation: right - left > 76 ? 0 : Math.PI / 2, style: { text: "too early", fill: t.muted, font: "13px " + t.sans, textAlign: "center", textVerticalAlign: "middle" } });
          return { type: "group", children: children };
        },
        data: [[time(run[0].at), 0]],
      };
    });
  }
  function withReference(t, data, lines, axis) {
    lines = lines || { silent: true, symbol: "none", animation: false, data: [] };
    var line = { lineStyle: { type: "solid", color: t.ink, width: 1, opacity: 0.7 }, label: { formatter: data.reference.label, color: t.ink, fontSize: 13, textBorderColor: t.surface, textBorderWidth: 3 } };
    line[axis] = data.reference.value * data.factor;
    var early = data.marks.slice(0, Math.ceil(data.marks.length / 4)).filter(function (m) { return m.value !== null; });
    var above = early.filter(function (m) { return m.value >= data.reference.value; }).length * 2 > early.length;
    // Beside the line, on the side where the first marks are not.
    line.label.position = axis === "xAxis" ? "start" : above ? "insideStartBottom" : "insideStartTop";
    if (axis === "xAxis") {
      // The label starts at the line, or ends there when it would leave the picture.
      line.label.distance = 6;
      line.label.align = data.reference.value * data.factor < highest(data) / 2 ? "left" : "right";
      lines.z = 1;
    }
    lines.data.push(line);
    return lines;
  }

  function ages(t, data, width) {
    var option = base(t);
    option.grid = { left: 4, right: 20, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
    option.xAxis = ageAxis(t, data, width);
    option.yAxis = valueAxis(t, highest(data), 4);
    option.series = bands(data, 1, t.accent, 0.18, known).concat([
      { type: "line", z: 3, name: "known", data: points(data, known), color: t.accent, lineStyle: { width: 2 }, showSymbol: false, connectNulls: false },
    ]);
    // Everybody, beside those of whom the picture is.
    if (data.marks.some(function (m) { return m.beside !== null; })) {
      option.series.push({ type: "line", z: 2, name: "beside", silent: true, tooltip: { show: false }, data: data.marks.map(function (m) { return [place(data, m), m.beside === null ? null : m.beside * data.factor]; }), color: t.ink, lineStyle: { width: 1.25 }, showSymbol: false });
    }
    return option;
  }

  // Both lines part the picture into quarters, each of which has a name.
  function scatter(t, data, width) {
    var option = base(t);
    var most = Math.max.apply(null, data.marks.map(function (m) { return m.n; }).concat(10));
    option.grid = { left: 4, right: 20, top: 28, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
    option.tooltip.trigger = "item";
    option.xAxis = {
      type: "log", min: 1, max: Math.pow(10, Math.ceil(Math.log10(most))), name: "people it brought, logarithmic", nameLocation: "middle", nameGap: 28, nameTextStyle: { color: t.muted, fontSize: 13 },
      axisLine: { lineStyle: { color: t.axis } }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: t.muted, fontSize: 13, formatter: number },
    };
    option.yAxis = valueAxis(t, Math.min(100, highest({ factor: data.factor, marks: data.marks.map(function (m) { return { value: m.value, high: m.value }; }) }) * 1.15), 4);
    var narrow = width < 480;
    option.series = [{
      type: "scatter", z: 3, name: "pieces", symbolSize: narrow ? 8 : 10,
      data: data.marks.map(function (m) {
        return {
          value: [Math.max(m.n, 1), scaled(m.value, data)], itemStyle: { color: m.marked ? t.accent : t.ink, opacity: known(m) ? 0.75 : 0.25 },
          label: { show: !narrow && m.label !== "", formatter: m.label, position: m.value < highest(data) / data.factor * 0.1 ? "top" : m.n * 20 > most ? "left" : "right", color: t.ink, fontSize: 13, textBorderColor: t.surface, textBorderWidth: 3 },
        };
      }),
      labelLayout: { hideOverlap: true },
      markLine: data.reference ? withReference(t, data, undefined, "yAxis") : undefined,
    }];
    if (data.middle && option.series[0].markLine) {
      option.series[0].markLine.data.push({ xAxis: data.middle.value, lineStyle: { type: "solid", color: t.ink, width: 1, opacity: 0.7 }, label: { formatter: data.middle.label, color: t.ink, fontSize: 13, position: "end", distance: 4, align: "center" } });
    }
    return option;
  }

  function days(t, data, width) {
    var option = base(t);
    option.grid = { left: 4, right: 20, top: 28, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
    option.xAxis = timeAxis(t, data, width);
    option.yAxis = valueAxis(t, highest(data), 4);
    option.series = bands(data, 1, t.usual, 0.32, function () { return true; }).concat([
      { type: "line", z: 2, name: "days", data: points(data, function () { return true; }), color: t.ink, lineStyle: { width: 1.25 }, symbol: "circle", symbolSize: 3, showSymbol: false, connectNulls: false, markLine: todayLine(t, data) },
      {
        type: "scatter", z: 4, name: "unusual", color: t.accent, itemStyle: { opacity: 1 }, symbolSize: 9,
        data: data.marks.filter(function (m) { return m.marked && m.value !== null; }).map(function (m) {
          var right = (time(m.at) - time(data.marks[0].at)) / (time(data.marks[data.marks.length - 1].at) - time(data.marks[0].at) || 1) > 0.6;
          // Low marks carry theirs above, or it would lie on the line.
          var position = m.value * data.factor < highest(data) * 0.12 ? "top" : right ? "left" : "right";
          return { value: [time(m.at), scaled(m.value, data)], label: { show: m.label !== "", formatter: width < 480 ? m.label.split(", ")[0] : m.label, position: position, color: t.ink, fontSize: 13, distance: 6, textBorderColor: t.surface, textBorderWidth: 3 } };
        }),
        labelLayout: { hideOverlap: true },
      },
    ], moments(t, data));
    return option;
  }

  function bars(t, data, width) {
    // On a phone the name stands above its bar; beside it there is no room for both.
    var narrow = width < 480;
    var letters = Math.floor((narrow ? width * 0.95 : Math.max(90, width * 0.34)) / 7.2);
    var option = base(t);
    option.grid = { left: 4, right: 56, top: data.reference ? 24 : 8, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
    option.yAxis = {
      type: "category", inverse: true, data: data.marks.map(function (m, i) { return String(i); }),
      axisLine: { lineStyle: { color: t.axis } }, axisTick: { show: false },
      axisLabel: { show: !narrow, color: t.ink, fontSize: 13, interval: 0, formatter: function (i) { return shorten(data.marks[+i].at, letters); } },
    };
    option.xAxis = valueAxis(t, highest(data), Math.max(2, Math.floor(width / 160)));
    var drop = narrow ? 10 : 0;
    var words = function (text, x, y, colour) {
      return { type: "text", style: { text: text, x: x, y: y, textVerticalAlign: "middle", fill: colour, font: "13px " + t.sans, stroke: t.surface, lineWidth: 3 } };
    };
    option.series = [
      {
        type: "bar", z: 2, name: "bars", barWidth: 14, barGap: 0,
        data: data.marks.map(function (m) {
          return { value: scaled(m.value, data), itemStyle: { color: "transparent" } };
        }),
        markLine: data.reference ? withReference(t, data, undefined, "xAxis") : undefined,
      },
      {
        type: "custom", z: 3, silent: true, tooltip: { show: false }, name: "whiskers",
        renderItem: function (params, api) {
          var m = data.marks[params.dataIndex];
          var zero = api.coord([0, params.dataIndex]);
          var y = zero[1] + drop;
          var children = narrow ? [words(shorten(m.at, letters), zero[0] + 6, y - 19, t.ink)] : [];
          if (m.value === null) return { type: "group", children: children.concat(words(m.label, zero[0] + 6, y, t.muted)) };
          var at = function (value) { return api.coord([value * data.factor, params.dataIndex])[0]; };
          var bar = { x: zero[0], y: y - 7, width: Math.max(1, at(m.value) - zero[0]), height: 14 };
          children.unshift({ type: "rect", shape: bar, style: known(m) ? { fill: t.accent } : { fill: "none", stroke: t.accent, lineDash: [4, 3], opacity: 0.7 } });
          var end = at(m.value);
          if (m.low !== null && m.high !== null) {
            var line = function (x1, y1, x2, y2) { return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: { stroke: t.ink, lineWidth: 1.25 } }; };
            end = at(m.high);
            children.push(line(at(m.low), y, end, y), line(at(m.low), y - 4, at(m.low), y + 4), line(end, y - 4, end, y + 4));
          }
          return { type: "group", children: children.concat(words(m.label, end + 8, y, t.ink)) };
        },
        data: data.marks.map(function (m, i) { return [0, i]; }),
      },
    ];
    return option;
  }

  var KINDS = { weeks: weeks, months: weeks, bars: bars, days: days, ages: ages, scatter: scatter };

  function draw(entry) {
    var t = tokens();
    var option = KINDS[entry.data.kind](t, entry.data, entry.element.clientWidth);
    var isBars = entry.data.kind === "bars";
    option.tooltip.axisPointer = isBars ? { type: "shadow", shadowStyle: { color: t.usual, opacity: 0.12 } } : { type: "line", lineStyle: { color: t.axis, type: "solid", width: 1 } };
    option.tooltip.formatter = function (list) {
      if (entry.data.kind === "scatter") return list.dataIndex === undefined || list.componentType !== "series" ? "" : tip(entry.data.marks[list.dataIndex].words);
      var at = list[0].axisValue;
      var mark = isBars ? entry.data.marks[+at] : entry.data.marks.find(function (m) { return place(entry.data, m) === at; });
      return mark ? tip(mark.words) : "";
    };
    entry.chart.setOption(option, { notMerge: true });
  }
  function drawAll() { charts.forEach(draw); }

  function hide(entry) {
    entry.chart.dispatchAction({ type: "hideTip" });
    entry.chart.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
  }

  // Arrow keys walk the marks; the words go to the tooltip and to the one who listens.
  function walk(entry, event) {
    var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { hide(entry); return; }
    if (!step && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    var last = entry.data.marks.length - 1;
    entry.at = event.key === "Home" ? 0 : event.key === "End" ? last : Math.min(last, Math.max(0, (entry.at === undefined ? (step > 0 ? -1 : last + 1) : entry.at) + step));
    var mark = entry.data.marks[entry.at];
    entry.ears.textContent = mark.words;
    var series = entry.chart.getOption().series.findIndex(function (s) { return ["known", "days", "bars", "pieces"].indexOf(s.name) >= 0; });
    if (mark.value !== null) entry.chart.dispatchAction({ type: "showTip", seriesIndex: series, dataIndex: entry.at });
    else hide(entry);
  }

  function start(element) {
    var source = document.getElementById(element.dataset.chart + "-data");
    var entry = { element: element, data: JSON.parse(source.textContent), chart: echarts.init(element, null, { renderer: "canvas" }) };
    entry.ears = document.createElement("p");
    entry.ears.className = "for-ears";
    entry.ears.setAttribute("aria-live", "polite");
    element.insertAdjacentElement("afterend", entry.ears);
    element.tabIndex = 0;
    element.addEventListener("keydown", function (event) { walk(entry, event); });
    element.addEventListener("blur", function () { hide(entry); });
    charts.push(entry);
    draw(entry);
    new ResizeObserver(function () {
      if (entry.chart.getWidth() === element.clientWidth) return;
      entry.chart.resize();
      draw(entry);
    }).observe(element);
  }

  // Tables
  function tableOf(button) { return document.getElementById(button.getAttribute("aria-controls")); }
  function set(button, open) {
    tableOf(button).classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  }
  function toggleByKey(event) {
    if (event.key !== "t" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
    var figure = event.target.closest && event.target.closest(".exhibit");
    var buttons = Array.from((figure || document).querySelectorAll(".toggle"));
    var open = buttons.some(function (button) { return button.getAttribute("aria-expanded") !== "true"; });
    buttons.forEach(function (button) { set(button, open); });
    // Done: what any one of the buttons would do is not to follow.
    event.preventDefault();
  }
  function rawOf(row, column) { return row.children[column].dataset.value; }
  function sortable(table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort") !== "ascending";
        Array.from(head.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        var numeric = head.classList.contains("number");
        var rows = Array.from(table.tBodies[0].rows);
        rows.sort(function (a, b) {
          var x = rawOf(a, column), y = rawOf(b, column);
          // What is not known stays last, whichever way.
          if (x === "" || y === "") return (x === "") - (y === "");
          return (numeric ? x - y : x.localeCompare(y)) * (up ? 1 : -1);
        });
        rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
      });
    });
  }
  function csv(button) {
    var box = tableOf(button), table = box.querySelector("table");
    // A cell that starts like a formula is kept from being one in a spreadsheet.
    var cell = function (text) {
      if (/^[=+\-@\t\r]/.test(text) && isNaN(text)) text = "'" + text;
      return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    };
    var lines = [Array.from(table.tHead.rows[0].cells).map(function (c) { return cell(c.dataset.name); }).join(",")];
    Array.from(table.tBodies[0].rows).forEach(function (row) {
      lines.push(Array.from(row.children).map(function (c) { return cell(c.dataset.value); }).join(","));
    });
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = box.id.replace(/-table$/, "") + ".csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  // The buttons and tables within.
  function prepare(within) {
    within.querySelectorAll(".toggle").forEach(function (button) {
      button.addEventListener("click", function () { set(button, button.getAttribute("aria-expanded") !== "true"); });
    });
    within.querySelectorAll(".csv").forEach(function (button) { button.addEventListener("click", function () { csv(button); }); });
    within.querySelectorAll(".table table").forEach(sortable);
  }

  // What takes a while comes after the rest: taken from the page it stands on, with what went wrong and another try where it can't be.
  function line(words, names) {
    var made = document.createElement("p");
    made.textContent = words;
    made.className = names;
    return made;
  }
  function fill(panel) {
    var told = panel.cloneNode(true);
    panel.setAttribute("aria-busy", "true");
    var bones = document.createElement("div");
    bones.className = "skeleton";
    panel.replaceChildren(line(panel.innerText.replace(/\s+/g, " ") + " Working it out …", "subtitle"), bones);
    fetch(panel.dataset.panel, { headers: { accept: "text/html" } })
      .then(function (answer) { return answer.text().then(function (text) { return { ok: answer.ok, page: new DOMParser().parseFromString(text, "text/html") }; }); })
      .then(function (answer) {
        if (!answer.ok) throw new Error((answer.page.querySelector(".wrong, main p:not(.banner):not(.question)") || {}).textContent || "The server did not answer.");
        var title = answer.page.getElementById(panel.dataset.part + "-title");
        var part = title ? title.closest(".exhibit") : answer.page.getElementById(panel.dataset.part);
        panel.removeAttribute("aria-busy");
        if (!part) { panel.remove(); return; }
        panel.replaceChildren(document.importNode(part, true));
        prepare(panel);
        panel.querySelectorAll("[data-chart]").forEach(start);
      })
      .catch(function (why) {
        panel.removeAttribute("aria-busy");
        var again = document.createElement("button");
        again.type = "button";
        again.textContent = "Try again";
        again.addEventListener("click", function () { panel.replaceChildren.apply(panel, Array.from(told.cloneNode(true).childNodes)); fill(panel); });
        var wrong = line("This picture could not be worked out: " + why.message.trim(), "wrong");
        wrong.setAttribute("role", "alert");
        panel.replaceChildren(wrong, again);
      });
  }

  document.addEventListener("DOMContentLoaded", function () {
    prepare(document);
    document.addEventListener("keydown", toggleByKey);
    document.querySelectorAll("[data-address]").forEach(function (place) { place.textContent = location.href; });
    // Without the library there are tables in the place of pictures; a page without pictures needs none.
    var pictures = document.querySelectorAll("[data-chart]");
    if (pictures.length > 0 && typeof echarts === "undefined") { root.classList.remove("js"); return; }
    pictures.forEach(start);
    document.querySelectorAll("[data-panel]").forEach(fill);
    dark.addEventListener("change", drawAll);
    // Paper is white whatever the screen is.
    addEventListener("beforeprint", function () { root.dataset.theme = "light"; drawAll(); });
    addEventListener("afterprint", function () { delete root.dataset.theme; drawAll(); });
  });
})();
