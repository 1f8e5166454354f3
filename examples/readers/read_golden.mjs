// Reads golden data with the standard library alone:
//   node read_golden.mjs golden/binary/sigmoid_cross_entropy.float64.jsonl
// Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A call,
// with "reduction" among its options, has several examples and, unreduced, several values, between commas.
import { readFileSync } from "node:fs";

const view = new DataView(new ArrayBuffer(8));

function decode(bits) {
  view.setBigUint64(0, BigInt("0x" + bits.padEnd(16, "0")));
  return bits.length === 16 ? view.getFloat64(0) : view.getFloat32(0);
}

function encode(number, format) {
  const digits = format === "float64" ? 16 : 8;
  digits === 16 ? view.setFloat64(0, number) : view.setFloat32(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, "0").slice(0, digits);
}

const lines = readFileSync(process.argv[2], "ascii").trimEnd().split("\n");
const [header, ...vectors] = lines.map((line) => JSON.parse(line)); // the first line says what the others are
for (const vector of vectors) {
  const numbers = [Object.values(vector.inputs)[0]].flat(Infinity).map(decode);
  const values = vector.value.rounded.map(decode);
  const bits = (several) => several.map((number) => encode(number, header.format)).join(",");
  console.log(vector.id, bits(numbers), bits(values), values.join(","));
}
