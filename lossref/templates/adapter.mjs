// Losses for lossref to judge: `lossref check "cmd:node adapter.mjs"` starts this (`lossref protocol` explains it).
import { createInterface } from "node:readline";

// EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
// A call is for one example, with an object of those; the answer is a number, or an array for a gradient in a vector.
// Throw Declined with a reason where you do not take the question: the batch is left out, and counted, not judged.
class Declined extends Error {}

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x) => (x < 0 ? Math.exp(x) : 1) / (1 + Math.exp(-Math.abs(x)));

function sigmoidValue({ logits, target }) { // two terms of one sign: nothing cancels; a label 0 or 1 leaves one of them
  // if (target !== 0 && target !== 1) throw new Declined("hard labels only");
  return (target === 1 ? 0 : (1 - target) * softplus(logits)) + (target === 0 ? 0 : target * softplus(-logits));
}

function sigmoidGradient({ logits, target }) {
  return (1 - target) * sigmoid(logits) - target * sigmoid(-logits);
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

function softmax({ logits, target }) {
  const top = logits.indexOf(Math.max(...logits));
  const weights = logits.map((z, j) => (j === top ? 0 : Math.exp(z - logits[top])));
  const rest = sum(weights); // without the largest, 1, in which small ones would drown
  weights[top] = 1;
  weights[target] = -sum(weights.filter((_, j) => j !== target)); // p - 1, without a difference
  const value = (target === top ? 0 : logits[top] - logits[target]) + Math.log1p(rest);
  return { value, gradient: weights.map((w) => w / (1 + rest)) };
}

const losses = {
  sigmoid_cross_entropy: { value: sigmoidValue, gradient: sigmoidGradient },
  softmax_cross_entropy: { value: (x) => softmax(x).value, gradient: (x) => softmax(x).gradient },
};

// The rest can stay as it is.
const formats = { // their bits in all, and those after the leading 1
  float64: [64, 52], float32: [32, 23], bfloat16: [16, 7], float16: [16, 10],
  float8_e5m2: [8, 2], float8_e4m3fn: [8, 3],
};
const view = new DataView(new ArrayBuffer(8));

function about(format) { // beyond is above the bits of the largest number: infinity, or the one NaN
  const [width, digits] = formats[format], bias = 2 ** (width - 2 - digits) - 1;
  const hasInfinity = format !== "float8_e4m3fn";
  const beyond = hasInfinity ? (2 * bias + 1) * 2 ** digits : 2 ** (width - 1) - 1;
  return { width, digits, bias, hasInfinity, beyond };
}

function decode(x, format) {
  if (Array.isArray(x)) return x.map((y) => decode(y, format));
  if (typeof x === "number") return x; // a class index
  const { width, digits, bias, hasInfinity, beyond } = about(format);
  const sign = 1n << BigInt(width - 1), bits = BigInt("0x" + x), rest = bits & (sign - 1n);
  const exponent = Number(rest >> BigInt(digits)), steps = Number(rest & ((1n << BigInt(digits)) - 1n));
  let y = ((exponent ? 1 : 0) + steps / 2 ** digits) * 2 ** ((exponent || 1) - bias);
  if (rest >= BigInt(beyond)) y = rest === BigInt(beyond) && hasInfinity ? Infinity : NaN;
  return bits & sign ? -y : y;
}

function encode(x, format) { // rounded to the nearest number, ties to even
  if (Array.isArray(x)) return x.map((y) => encode(y, format));
  if (typeof x !== "number") throw new TypeError(`${x} is not a number`);
  const { width, digits, bias, hasInfinity, beyond } = about(format);
  view.setFloat64(0, x);
  const exponent = Math.max(((view.getUint16(0) >> 4) & 2047) - 1023, 1 - bias);
  const sign = x < 0 || Object.is(x, -0) ? 1n << BigInt(width - 1) : 0n;
  let bits = BigInt(beyond) + (hasInfinity ? 1n << BigInt(digits - 1) : 0n); // NaN
  if (Math.abs(x) < Infinity) {
    const steps = (Math.abs(x) / 2 ** exponent) * 2 ** digits, below = Math.floor(steps), left = steps - below;
    const rounded = BigInt(left > 0.5 || (left === 0.5 && below % 2 === 1) ? below + 1 : below);
    bits = (BigInt(exponent - 1 + bias) << BigInt(digits)) + rounded;
    bits = bits < BigInt(beyond) ? bits : BigInt(beyond);
  } else if (x === x) bits = BigInt(beyond);
  return (sign + bits).toString(16).padStart(width / 4, "0");
}

function answer({ type, sequence, loss, part, format, inputs, options }) {
  if (type === "hello") {
    const parts = Object.entries(losses).map(([name, functions]) => [name, { parts: Object.keys(functions) }]);
    const about = { name: "mine", language: "JavaScript", version: "1", command: "node adapter.mjs" };
    return { type, protocol: 2, ...about, formats: Object.keys(formats), losses: Object.fromEntries(parts) };
  }
  const run = losses[loss]?.[part];
  if (!run) return { type: "unsupported", sequence, reason: "not in losses" };
  if (options.reduction) return { type: "unsupported", sequence, reason: "single examples only" };
  const named = (given, how) => Object.fromEntries(Object.entries(given).map(([name, x]) => [name, how(x)]));
  const read = (x) => decode(x, format);
  const example = (i) => ({ ...named(inputs, (batch) => read(batch[i])), ...named(options, read) });
  try {
    const answers = Object.values(inputs)[0].map((_, i) => encode(run(example(i)), format));
    return { type: "result", sequence, answer: answers };
  } catch (error) {
    if (error instanceof Declined) return { type: "unsupported", sequence, reason: error.message };
    return { type: "error", sequence, message: String(error).slice(0, 2000) };
  }
}

console.log = console.error; // what a function prints is no message
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "bye") break;
  process.stdout.write(JSON.stringify(answer(message)) + "\n");
}
process.stdin.destroy(); // or it would keep the program waiting
