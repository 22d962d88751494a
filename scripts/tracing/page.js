/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of "p9trace html". tracing/page.py puts the events into the page;
 * d3 has the scale, the axis, the zoom, and joins slices to what is drawn.
 *
 * Times are nanoseconds. An event is an object of the members that the list
 * data.members names.
 */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const LANE = 18, BAR = 12, NAMES = 170, CLOSE = 1.5;
const NEVER = null;
/* Linux ends an interrupt by a load that sets PQ to 00. */
const ENDED = ["EOI", "PQ=00 stored"];

const events = data.events.map((row, index) => {
  const one = {index: index};
  data.members.forEach((name, i) => { one[name] = row[i]; });
  one.until = one.finished === NEVER ? data.end : one.finished;
  return one;
});

/* ------------------------------------------------------------------ words */

function seconds(ns) {
  return `${(ns / 1e9).toFixed(6)} s`;
}

function duration(ns) {
  const fits = [[1e4, "ns", 1], [1e7, "us", 1e3], [1e10, "ms", 1e6]]
    .find(([limit]) => ns < limit) || [0, "s", 1e9];
  return `${(ns / fits[2]).toFixed(fits[1] === "s" ? 1 : 0)} ${fits[1]}`;
}

function nameOf(one) {
  return data.sources[one.source].name;
}

function kindOf(one) {
  if (one.lost) {
    return "lost";
  }
  return ENDED.includes(one.how) ? "done" : "other";
}

/* ------------------------------------------------------------------ lanes */

/* A lane of a source has its events, one of a vCPU what it has accepted. */
function laneOf(name, from, chosen) {
  const slices = chosen.map(one => ({begin: one[from], end: one.until,
                                     event: one}));
  slices.sort((a, b) => a.begin - b.begin);
  let latest = -Infinity;
  for (const slice of slices) {
    latest = slice.latest = Math.max(latest, slice.end);
  }
  return {name: name, slices: slices};
}

const accepted = events.filter(one => one.accepted !== NEVER);
const vcpus = [...new Set(accepted.map(one => one.vcpu))]
  .sort((a, b) => a - b);
const lanes = [
  ...vcpus.map(vcpu => laneOf(`vCPU ${vcpu}`, "accepted", accepted.filter(
    one => one.vcpu === vcpu))),
  ...data.sources.map((source, i) => laneOf(source.name, "began",
    events.filter(one => one.source === i)))];
const laneOfVcpu = new Map(vcpus.map((vcpu, i) => [vcpu, i]));

/* Slices of a lane that the window shows; neighbours that would stand closer
   than a pixel are one, so that a lane never has more than the window's width
   in slices. */
function visible(lane, scale) {
  const [first, last] = scale.domain();
  const from = d3.bisector(slice => slice.latest).left(lane.slices, first);
  const shown = [];
  let open = null;
  for (let i = from; i < lane.slices.length; i++) {
    const slice = lane.slices[i];
    if (slice.begin > last) {
      break;
    }
    if (slice.end < first) {
      continue;
    }
    const left = scale(slice.begin), right = scale(slice.end);
    if (open && left - open.right < CLOSE && right - left < CLOSE &&
        !slice.event.lost && !open.event.lost) {
      open.right = Math.max(open.right, right);
      open.count++;
      open.matches = open.matches || matching.has(slice.event.index);
      continue;
    }
    open = {left: left, right: right, event: slice.event, count: 1,
            matches: matching.has(slice.event.index)};
    shown.push(open);
  }
  return shown;
}

/* ---------------------------------------------------------------- drawing */

const svg = d3.select("#lanes"), axis = d3.select("#axis");
const scroll = document.getElementById("scroll");
const full = d3.scaleLinear().domain([data.begin,
                                      Math.max(data.end, data.begin + 1)]);
let matching = new Set(), at = -1, found = [], chosen = null;

const zoom = d3.zoom().on("zoom", draw);
const layers = ["stripes", "bars", "names", "arrows"].map(
  name => svg.append("g").attr("class", name));
const [stripes, bars, names, arrows] = layers;
const ticks = axis.append("g").attr("transform", "translate(0,21)");

function width() {
  return svg.node().clientWidth;
}

function now() {
  return d3.zoomTransform(svg.node()).rescaleX(full);
}

function resize() {
  svg.attr("height", Math.max(lanes.length, 1) * LANE);
  full.range([NAMES, width()]);
  zoom.extent([[NAMES, 0], [width(), LANE]])
    .translateExtent([[NAMES, 0], [width(), LANE]])
    .scaleExtent([1, Math.max(1, (data.end - data.begin) / 20)]);
  draw();
}

/* Digits behind the point that two neighbours of the axis need to differ. */
function digits(scale) {
  const marks = scale.ticks(8);
  const step = marks.length > 1 ? marks[1] - marks[0] : 1;
  return Math.min(9, Math.max(0, 9 - Math.floor(Math.log10(step))));
}

function drawAxis(scale) {
  const places = digits(scale);
  ticks.call(d3.axisTop(scale).ticks(8).tickFormat(
    ns => `${(ns / 1e9).toFixed(places)} s`));
}

function drawBars(scale, first, last) {
  const shown = [];
  for (let row = first; row <= last; row++) {
    for (const bar of visible(lanes[row], scale)) {
      bar.row = row;
      shown.push(bar);
    }
  }
  bars.selectAll("rect").data(shown).join("rect")
    .attr("class", bar => [
      bar.count > 1 ? "many" : kindOf(bar.event),
      bar.matches ? "match" : matching.size ? "dim" : "",
      bar.event === chosen ? "chosen" : ""].join(" "))
    .attr("data-event", bar => bar.event.index)
    .attr("x", bar => Math.max(bar.left, NAMES))
    .attr("y", bar => bar.row * LANE + (LANE - BAR) / 2)
    .attr("width", bar => Math.max(
      CLOSE, Math.min(bar.right, width()) - Math.max(bar.left, NAMES)))
    .attr("height", BAR)
    .selectAll("title").data(bar => [bar]).join("title")
    .text(bar => bar.count > 1 ? `${bar.count} events` :
          `${nameOf(bar.event)} at ${seconds(bar.event.began)}`);
}

function drawNames(first, last) {
  const rows = d3.range(first, last + 1);
  stripes.selectAll("rect").data(rows.filter(row => row % 2)).join("rect")
    .attr("class", "stripe").attr("x", 0).attr("width", width())
    .attr("y", row => row * LANE).attr("height", LANE);
  names.selectAll("text").data(rows).join("text").attr("class", "name")
    .attr("x", 4).attr("y", row => row * LANE + LANE - 5)
    .text(row => lanes[row].name.length > 28 ?
          `${lanes[row].name.slice(0, 27)}\u2026` : lanes[row].name);
}

/* From the trigger of the chosen event to the vCPU that accepted it. */
function drawArrow(scale) {
  const shown = chosen && chosen.accepted !== NEVER ? [chosen] : [];
  const middle = row => row * LANE + LANE / 2;
  arrows.selectAll("path").data(shown).join("path").attr("class", "arrow")
    .attr("d", one => {
      const x = scale(one.began), to = scale(one.accepted);
      const y = middle(vcpus.length + one.source);
      const up = middle(laneOfVcpu.get(one.vcpu));
      return `M${x},${y} C${x},${(y + up) / 2} ${to},${(y + up) / 2} ` +
             `${to},${up} m-3,5 l3,-5 l3,5`;
    });
}

function draw() {
  const scale = now();
  const first = Math.floor(scroll.scrollTop / LANE);
  const last = Math.min(lanes.length - 1, Math.floor(
    (scroll.scrollTop + scroll.clientHeight) / LANE));
  drawAxis(scale);
  drawNames(first, last);
  drawBars(scale, first, last);
  drawArrow(scale);
}

/* A window of that many ns around a moment. */
function show(middle, span) {
  const whole = data.end - data.begin || 1;
  const factor = Math.min(Math.max(1, whole / span), zoom.scaleExtent()[1]);
  svg.call(zoom.scaleTo, factor);
  svg.call(zoom.translateTo, full(middle), 0);
}

/* --------------------------------------------------------------- choosing */

function line(table, time, text) {
  const row = table.append("tr");
  row.append("td").attr("class", "time").text(time);
  row.append("td").text(text);
}

/* The legs of an event without steps: its times are in the row. */
function legsOf(one) {
  const legs = [[one.began, `triggered by ${data.who[one.who] || "?"}`]];
  if (one.end !== NEVER) {
    legs.push([one.began, `led to END 0x${one.end.toString(16)}` +
               (one.eisn === NEVER ? "" :
                ` with EISN 0x${one.eisn.toString(16)}`)]);
  }
  if (one.presented !== NEVER) {
    legs.push([one.presented, `vCPU ${one.vcpu}: priority ${one.priority} ` +
               "is pending"]);
  }
  if (one.accepted !== NEVER) {
    legs.push([one.accepted, `vCPU ${one.vcpu} accepts it`]);
  }
  if (one.finished !== NEVER) {
    legs.push([one.finished, one.how]);
  }
  return legs;
}

function tell(one) {
  const box = d3.select("#event").text("");
  const why = data.lost.find(lost => lost.event === one.index);
  box.append("p").text(`${nameOf(one)} at ${seconds(one.began)}: ` +
    (one.finished === NEVER ? `not ended, ${one.at}` :
     `${one.how} after ${duration(one.finished - one.began)}`) +
    (one.coalesced ? `, ${one.coalesced} triggers were kept in Q` : ""));
  if (why) {
    box.append("p").attr("class", "cause").text(why.cause);
  }
  const table = box.append("table");
  let before = one.began;
  for (const [time, text] of data.steps[one.index] || legsOf(one)) {
    line(table, `+${duration(time - before)}`, text);
    before = time;
  }
}

function choose(one) {
  chosen = one;
  tell(one);
  const row = vcpus.length + one.source;
  const top = row * LANE - scroll.clientHeight / 2;
  if (row * LANE < scroll.scrollTop ||
      row * LANE > scroll.scrollTop + scroll.clientHeight - LANE) {
    scroll.scrollTop = Math.max(0, top);
  }
  draw();
}

function goTo(one) {
  choose(one);
  show((one.began + one.until) / 2, Math.max(one.until - one.began, 100) * 4);
}

/* --------------------------------------------------------------- searching */

function nearest(ns) {
  const far = one => Math.abs(one.began - ns);
  return events.length ? [events.reduce(
    (best, one) => far(one) < far(best) ? one : best)] : [];
}

/* What is typed, as a test of events; null for one that finds by time. */
function makeTest(text) {
  const [, key, value] = /^(?:(\w+):)?\s*(.*)$/.exec(text.trim());
  const number = value !== "" ? Number(value) : NaN;
  if (key === "vcpu") {
    return one => one.vcpu === number;
  }
  if (key === "eisn") {
    return one => one.eisn === number;
  }
  if (value.toLowerCase() === "lost" && !key) {
    return one => one.lost;
  }
  if (!isNaN(number) && (!key || key === "lisn")) {
    return one => data.sources[one.source].number === number;
  }
  const word = text.trim().toLowerCase();
  return one => nameOf(one).toLowerCase().includes(word);
}

function search(text) {
  const time = /^\s*time:\s*([\d.]+)/.exec(text);
  found = text.trim() === "" ? [] :
    time ? nearest(Number(time[1]) * 1e9) :
    events.filter(makeTest(text));
  matching = new Set(found.map(one => one.index));
  at = -1;
  markNodes();
  step(1);
  if (!found.length) {
    d3.select("#found").text(text.trim() === "" ? "" : "none found");
    draw();
  }
}

function step(by) {
  if (!found.length) {
    return;
  }
  at = (at + by + found.length) % found.length;
  d3.select("#found").text(`${at + 1} of ${found.length}`);
  goTo(found[at]);
}

/* Nodes of the routing picture whose sources were found. */
function markNodes() {
  const numbers = new Set(found.map(one => data.sources[one.source].number));
  d3.selectAll("#routes .node").classed("match", function () {
    return numbers.has(Number(this.id.replace(/^source-/, "")));
  });
}

/* ------------------------------------------------------------------- start */

function by(id) {
  return document.getElementById(id);
}

function listLost() {
  const items = d3.select("#lost").selectAll("li")
    .data([...data.lost, ...data.refused.map(text => ({line: text}))])
    .join("li").text(lost => lost.line)
    .attr("class", lost => lost.event === undefined || lost.event === null ?
          "" : "event");
  items.each(function (lost) {
    if (this.className === "event") {
      this.addEventListener("click", () => goTo(events[lost.event]));
    }
  });
  if (items.empty()) {
    d3.select("#lost").append("p").text("none lost");
  }
}

function listen() {
  let last = null;
  by("search").addEventListener("submit", event => {
    event.preventDefault();
    if (by("wanted").value === last) {
      step(1);
    } else {
      search(last = by("wanted").value);
    }
  });
  by("previous").addEventListener("click", () => step(-1));
  by("in").addEventListener("click", () => svg.call(zoom.scaleBy, 2));
  by("out").addEventListener("click", () => svg.call(zoom.scaleBy, 0.5));
  by("all").addEventListener("click", () => svg.call(
    zoom.transform, d3.zoomIdentity));
  by("lanes").addEventListener("click", event => {
    const bar = d3.select(event.target).datum();
    if (bar && bar.event && bar.count === 1) {
      choose(bar.event);
    } else if (bar && bar.event) {
      svg.call(zoom.scaleBy, 8, [event.offsetX, 0]);
    }
  });
  for (const node of document.querySelectorAll("#routes .node")) {
    node.addEventListener("click", () => {
      if (node.id.startsWith("source-")) {
        by("wanted").value = last = node.id.slice(7);
        search(last);
      }
    });
  }
  scroll.addEventListener("scroll", draw);
  window.addEventListener("resize", resize);
}

d3.select("#summary").text(data.summary);
listLost();
svg.call(zoom);
listen();
resize();
