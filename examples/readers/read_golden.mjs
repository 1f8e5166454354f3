// Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
//   node read_golden.mjs golden/binary/sigmoid_cross_entropy.float64.jsonl      prints inputs and the right answers
//   node read_golden.mjs --grade answers.txt golden/binary/sigmoid_cross_entropy.float64.jsonl     grades the answers
// Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
// `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
import { readFileSync } from "node:fs";

const PARTS = ["value", "gradient", "hessian"];
const REGIONS = ["ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"];
const APART = ["range", "special"]; // beside the headline
const LEVELS = ["A+", "A", "B", "C", "D", "F"];
const FORMATS = { // 2 ** least is the least positive number; all are below 2 ** top
  float64: { digits: 16, precision: 53, least: -1074, top: 1024 },
  float32: { digits: 8, precision: 24, least: -149, top: 128 },
};
const FAILED = { isExact: false, isLost: false, E1: Infinity, E2: Infinity, E3: Infinity };
const RIGHT = { isExact: true, isLost: false, E1: 0, E2: 0, E3: 0 };

const view = new DataView(new ArrayBuffer(8));

function decode(bits) {
  view.setBigUint64(0, BigInt("0x" + bits.padEnd(16, "0")));
  return bits.length === 16 ? view.getFloat64(0) : view.getFloat32(0);
}

function encode(number, { digits }) {
  digits === 16 ? view.setFloat64(0, number) : view.setFloat32(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, "0").slice(0, digits);
}

// Each component of a part; none where it is not judged. At an exact kink nothing is rounded: the ends alone are known.
function truths(row, part) {
  const values = (row.value.rounded ?? []).map(decode), isCall = "reduction" in row.options;
  if (part !== "value" && isCall && !APART.includes(row.region) && values.some(Number.isNaN)) return []; // an empty mean
  const objects = part === "value" ? [row.value] : Object.values(row[part]);
  if (objects.some((one) => !one.rounded && !one.interval)) return []; // the loss jumps
  return objects.flatMap((one) => one.K.map((K, i) => ({
    rounded: one.rounded ? decode(one.rounded[i]) : null,
    residual: one.residual?.[i] ?? 0,
    ends: one.interval?.[i].map(decode) ?? null,
    K: decode(K),
    S: decode(one.S[one.S.length > 1 ? i : 0]),
  })));
}

function ulp(x, { precision, least }) {
  view.setFloat64(0, x);
  const exponent = ((view.getUint16(0) >> 4) & 0x7ff) - 1022; // of the float64, which is normal or below any other ulp
  return 2 ** Math.max(exponent - precision, least);
}

function ulpOfExact(rounded, residual, form) {
  const unit = ulp(rounded, form); // just below a power of two the spacing is half of that above
  const isBelow = Math.abs(rounded) === unit * 2 ** (form.precision - 1) && residual * rounded < 0;
  return isBelow && unit > 2 ** form.least ? unit / 2 : unit;
}

// A power of two by which no sum overflows and no product underflows.
function scale(...numbers) {
  const largest = Math.max(...numbers.map(Math.abs));
  return largest < 2 ** -400 ? 2 ** 500 : largest > 2 ** 1000 ? 2 ** -100 : 1;
}

// How far y is outside of [low + rest, high + rest], scaled; an infinity is the first power of two beyond the format.
function distance(y, low, high, rest, by, form) {
  const scaled = Number.isFinite(y) ? y * by : Math.sign(y) * 2 ** (form.top - 100) * (by / 2 ** -100);
  return Math.max(low * by - scaled + rest, scaled - high * by - rest, 0);
}

function measure(y, { rounded, residual, ends, K, S }, form) {
  if (rounded !== null && !Number.isFinite(rounded)) return Object.is(y, rounded) ? RIGHT : FAILED;
  if (Number.isNaN(y)) return FAILED;
  const [low, high] = ends ?? [rounded, rounded];
  const by = scale(y, low, high, K), near = scale(y, rounded ?? 0);
  const unit = ends ? ulp(Math.max(Math.abs(low), Math.abs(high)), form) : ulpOfExact(rounded, residual, form);
  const rest = ends ? 0 : (residual / 65536) * (ulp(rounded, form) * by);
  const outside = distance(y, low, high, rest, by, form);
  let E1 = outside / (unit * by);
  if (rounded !== null) {
    const tail = (residual / 65536) * (ulp(rounded, form) * near);
    E1 = distance(y, rounded, rounded, tail, near, form) / (ulpOfExact(rounded, residual, form) * near);
  }
  const leastNormal = 2 ** (form.least + form.precision - 1);
  const E3 = (2 * outside) / (Math.max(S, leastNormal) * by * 2 ** (1 - form.precision) + K * by);
  const least = Math.min(Math.abs(low), Math.abs(high)) * by, inward = low > 0 ? rest : -rest;
  const hasSign = (low > 0 && high > 0) || (low < 0 && high < 0), isOther = low > 0 ? y <= 0 : y >= 0;
  const matters = hasSign && least - leastNormal * by + inward >= 0 && least - 4 * (K * by) + inward > 0;
  return {
    isExact: rounded === null ? outside === 0 : y === rounded,
    isLost: matters && outside > 0 && (isOther || !Number.isFinite(y)),
    E1,
    E2: (2 * outside) / (unit * by + K * by),
    E3: !Number.isFinite(y) && E3 > 16 ? Infinity : E3,
  };
}

function worse(a, b) {
  const most = (name) => Math.max(a[name], b[name]);
  return { isExact: a.isExact && b.isExact, isLost: a.isLost || b.isLost, E1: most("E1"), E2: most("E2"), E3: most("E3") };
}

function grade({ isExact, isLost, E1, E2, E3 }, { precision }) {
  if (isExact) return "A+";
  if (E1 <= 1 && !isLost) return "A";
  if (E2 <= 8 && !isLost) return "B";
  if (E3 <= 16) return "C";
  return E3 <= 2 ** (precision / 2) ? "D" : "F";
}

function gradeFile(header, rows, answers) {
  const form = FORMATS[header.format], print = (...words) => console.log(header.loss, header.format, ...words);
  for (const part of PARTS) {
    const tallies = new Map();
    for (const row of rows) {
      const expected = truths(row, part), got = answers.get(`${row.id} ${part}`);
      if (expected.length === 0 || got === undefined) continue;
      const fits = got.length === expected.length;
      const errors = fits ? expected.map((truth, i) => measure(decode(got[i]), truth, form)) : [FAILED];
      tallies.set(row.region, errors.reduce(worse, tallies.get(row.region) ?? RIGHT));
    }
    const regions = REGIONS.filter((region) => tallies.has(region));
    const counted = regions.filter((region) => !APART.includes(region));
    const level = (region) => LEVELS.indexOf(grade(tallies.get(region), form));
    for (const region of regions) print(part, region, LEVELS[level(region)]);
    const headline = Math.max(...(counted.length ? counted : regions).map(level));
    if (regions.length) print(part, "headline", LEVELS[headline]);
  }
}

function printRow(row, form) {
  const isBits = (x) => /^([0-9a-f]{16}|[0-9a-f]{8})$/.test(x);
  for (const [name, x] of [...Object.entries(row.inputs), ...Object.entries(row.options)]) {
    const words = [x].flat(Infinity).map((word) => (typeof word === "string" && isBits(word) ? decode(word) : word));
    console.log(row.id, name, words.join(" "));
  }
  for (const part of PARTS) { // at a kink the least slope stands for all
    const right = truths(row, part).map(({ rounded, ends }) => encode(rounded ?? ends[0], form));
    if (right.length) console.log(row.id, part, right.join(" "));
  }
}

const isGrading = process.argv[2] === "--grade", answers = new Map();
const read = (path) => readFileSync(path, "ascii").trimEnd().split("\n");
for (const line of isGrading ? read(process.argv[3]) : []) {
  const [id, part, ...bits] = line.trim().split(" ");
  answers.set(`${id} ${part}`, bits);
}
for (const path of process.argv.slice(isGrading ? 4 : 2)) {
  const [header, ...rows] = read(path).map((line) => JSON.parse(line)); // the first line says what the others are
  if (!FORMATS[header.format]) throw new Error(`${path} is no golden data`);
  isGrading ? gradeFile(header, rows, answers) : rows.forEach((row) => printRow(row, FORMATS[header.format]));
}
