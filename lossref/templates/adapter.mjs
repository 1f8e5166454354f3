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
const view = new DataView(new ArrayBuffer(8));

function decode(x) {
  if (Array.isArray(x)) return x.map(decode);
  if (typeof x === "number") return x; // a class index
  view.setBigUint64(0, BigInt("0x" + x.padEnd(16, "0")));
  return x.length === 16 ? view.getFloat64(0) : view.getFloat32(0);
}

function encode(x, format) {
  if (Array.isArray(x)) return x.map((y) => encode(y, format));
  if (typeof x !== "number") throw new TypeError(`${x} is not a number`);
  format === "float64" ? view.setFloat64(0, x) : view.setFloat32(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0").slice(0, format === "float64" ? 16 : 8);
}

function answer({ type, sequence, loss, part, format, inputs, options }) {
  if (type === "hello") {
    const parts = Object.entries(losses).map(([name, functions]) => [name, { parts: Object.keys(functions) }]);
    const about = { name: "mine", language: "JavaScript", version: "1", command: "node adapter.mjs" };
    return { type, protocol: 2, ...about, formats: ["float64", "float32"], losses: Object.fromEntries(parts) };
  }
  const run = losses[loss]?.[part];
  if (!run) return { type: "unsupported", sequence, reason: "not in losses" };
  if (options.reduction) return { type: "unsupported", sequence, reason: "single examples only" };
  const named = (given, read) => Object.fromEntries(Object.entries(given).map(([name, x]) => [name, read(x)]));
  const example = (i) => ({ ...named(inputs, (batch) => decode(batch[i])), ...named(options, decode) });
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
