// Reads golden data, or grades answers by it, with the standard library alone (golden/README.md has the formulas):
// rustc -O read_golden.rs, then
//   ./read_golden golden/binary/sigmoid_cross_entropy.float64.jsonl      prints inputs and the right answers
//   ./read_golden --grade answers.txt golden/binary/sigmoid_cross_entropy.float64.jsonl      grades the answers
// Inputs are printed as `ID NAME NUMBER ...` in decimal digits. Answers, printed or given to be graded, are lines
// `ID PART BITS ...`, such as `66717c3052e5 value 4026000000000000`; one without numbers says that an answer failed.
// The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
use std::collections::HashMap;

const PARTS: [&str; 3] = ["value", "gradient", "hessian"];
const REGIONS: [&str; 8] = ["ordinary", "tail", "cancellation", "kink", "option", "reduction", "range", "special"];
const APART: usize = 6; // from here on regions stand beside the headline
const LEVELS: [&str; 6] = ["A+", "A", "B", "C", "D", "F"];

struct Format { name: &'static str, precision: i32, least: i32, top: i32 } // 2^least is the least number; all are < 2^top
const FORMATS: [Format; 2] = [
    Format { name: "float64", precision: 53, least: -1074, top: 1024 },
    Format { name: "float32", precision: 24, least: -149, top: 128 },
];

// One component; at an exact kink nothing is rounded, and away from one there are no ends.
struct Truth { rounded: Option<f64>, residual: f64, ends: Option<(f64, f64)>, k: f64, s: f64 }

#[derive(Clone, Copy)]
struct Tally { is_exact: bool, is_lost: bool, e1: f64, e2: f64, e3: f64 } // the worst of many numbers' errors
const RIGHT: Tally = Tally { is_exact: true, is_lost: false, e1: 0.0, e2: 0.0, e3: 0.0 };
const FAILED: Tally = Tally { is_exact: false, is_lost: false, e1: f64::INFINITY, e2: f64::INFINITY, e3: f64::INFINITY };

fn decode(bits: &str) -> f64 {
    match bits.len() {
        16 => f64::from_bits(u64::from_str_radix(bits, 16).unwrap()),
        _ => f32::from_bits(u32::from_str_radix(bits, 16).unwrap()) as f64,
    }
}

fn encode(number: f64, form: &Format) -> String {
    match form.name {
        "float64" => format!("{:016x}", number.to_bits()),
        _ => format!("{:08x}", (number as f32).to_bits()),
    }
}

fn is_bits(word: &str) -> bool {
    (word.len() == 16 || word.len() == 8) && word.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn after<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(key).map(|(_, rest)| rest)
}

fn between<'a>(line: &'a str, key: &str, end: &str) -> &'a str {
    after(line, key).and_then(|rest| rest.split_once(end)).expect("this is no golden data").0
}

// The bits in a list, or in a list of lists, one after the other.
fn numbers(list: &str) -> Vec<f64> {
    list.split('"').filter(|word| is_bits(word)).map(decode).collect()
}

fn region(row: &str) -> usize {
    let name = between(row, "\"region\":\"", "\"");
    REGIONS.iter().position(|known| *known == name).expect("this is no golden data")
}

// Each component of a part; none where it is not judged.
fn truths(row: &str, part: usize) -> Vec<Truth> {
    let ends = [",\"gradient\":{", ",\"hessian\":{", "\n"];
    let text = between(row, &format!("\"{}\":{{", PARTS[part]), ends[part]);
    let values = numbers(between(row, "\"value\":{\"rounded\":", ",\"residual\""));
    let is_nan = values.iter().any(|x| x.is_nan());
    if part > 0 && is_nan && region(row) < APART && row.contains("\"reduction\":") {
        return Vec::new(); // the slope of a mean over nothing
    }
    let mut found = Vec::new();
    for object in text.split("\"rounded\":").skip(1) {
        let rounded = numbers(object.split_once(",\"residual\"").unwrap().0);
        let residual = between(object, "\"residual\":", ",\"K\"").trim_matches(['[', ']']);
        let residual: Vec<f64> = residual.split(',').filter_map(|steps| steps.parse().ok()).collect();
        let k = numbers(between(object, "\"K\":", "]"));
        let s = numbers(between(object, "\"S\":", "]"));
        let ends = after(object, "\"interval\":").map(numbers).unwrap_or_default();
        if rounded.is_empty() && ends.is_empty() {
            return Vec::new(); // the loss jumps
        }
        found.extend((0..k.len()).map(|i| Truth {
            rounded: rounded.get(i).copied(),
            residual: residual.get(i).copied().unwrap_or(0.0),
            ends: ends.get(2 * i).map(|low| (*low, ends[2 * i + 1])),
            k: k[i],
            s: s[if s.len() > 1 { i } else { 0 }],
        }));
    }
    found
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(if exponent < -1022 { 1 << (exponent + 1074) } else { ((exponent + 1023) as u64) << 52 })
}

fn ulp(x: f64, form: &Format) -> f64 {
    let exponent = (x.to_bits() >> 52 & 0x7ff) as i32 - 1022; // of the f64, which is normal or below any other ulp
    power_of_two((exponent - form.precision).max(form.least))
}

fn ulp_of_exact(rounded: f64, residual: f64, form: &Format) -> f64 {
    let unit = ulp(rounded, form); // just below a power of two the spacing is half of that above
    let is_below = rounded.abs() == unit * power_of_two(form.precision - 1) && residual * rounded < 0.0;
    if is_below && unit > power_of_two(form.least) { unit / 2.0 } else { unit }
}

// A power of two by which no sum overflows and no product underflows.
fn scale(numbers: &[f64]) -> f64 {
    match numbers.iter().fold(0.0, |largest: f64, x| largest.max(x.abs())) {
        largest if largest < power_of_two(-400) => power_of_two(500),
        largest if largest > power_of_two(1000) => power_of_two(-100),
        _ => 1.0,
    }
}

// How far y is outside of [low + rest, high + rest], scaled; an infinity is the first power of two beyond the format.
fn distance(y: f64, (low, high): (f64, f64), rest: f64, by: f64, form: &Format) -> f64 {
    let y = if y.is_finite() { y * by } else { y.signum() * power_of_two(form.top - 1) * by * 2.0 };
    ((low * by - y) + rest).max((y - high * by) - rest).max(0.0)
}

fn measure(y: f64, truth: &Truth, form: &Format) -> Tally {
    if let Some(rounded) = truth.rounded.filter(|x| !x.is_finite()) {
        return if y == rounded || (y.is_nan() && rounded.is_nan()) { RIGHT } else { FAILED };
    }
    if y.is_nan() {
        return FAILED;
    }
    let rounded = truth.rounded.unwrap_or(0.0);
    let (low, high) = truth.ends.unwrap_or((rounded, rounded));
    let (by, near) = (scale(&[y, low, high, truth.k]), scale(&[y, rounded]));
    let (step, tail) = (ulp(rounded, form), truth.residual / 65536.0);
    let unit_of_exact = ulp_of_exact(rounded, truth.residual, form);
    let (unit, rest) = match truth.ends {
        Some(_) => (ulp(low.abs().max(high.abs()), form), 0.0),
        None => (unit_of_exact, tail * (step * by)),
    };
    let (outside, k) = (distance(y, (low, high), rest, by, form), truth.k * by);
    let from_exact = distance(y, (rounded, rounded), tail * (step * near), near, form) / (unit_of_exact * near);
    let least_normal = power_of_two(form.least + form.precision - 1);
    let e3 = 2.0 * outside / (truth.s.max(least_normal) * by * power_of_two(1 - form.precision) + k);
    let (least, inward) = (low.abs().min(high.abs()) * by, if low > 0.0 { rest } else { -rest });
    let has_sign = (low > 0.0 && high > 0.0) || (low < 0.0 && high < 0.0);
    let matters = has_sign && (least - least_normal * by) + inward >= 0.0 && (least - 4.0 * k) + inward > 0.0;
    let is_other = if low > 0.0 { y <= 0.0 } else { y >= 0.0 };
    Tally {
        is_exact: truth.rounded.map_or(outside == 0.0, |rounded| y == rounded),
        is_lost: matters && outside > 0.0 && (is_other || y.is_infinite()),
        e1: if truth.rounded.is_some() { from_exact } else { outside / (unit * by) },
        e2: 2.0 * outside / (unit * by + k),
        e3: if y.is_infinite() && e3 > 16.0 { f64::INFINITY } else { e3 },
    }
}

fn worse(a: Tally, b: Tally) -> Tally {
    let (is_exact, is_lost) = (a.is_exact && b.is_exact, a.is_lost || b.is_lost);
    Tally { is_exact, is_lost, e1: a.e1.max(b.e1), e2: a.e2.max(b.e2), e3: a.e3.max(b.e3) }
}

// The place in LEVELS.
fn grade(worst: &Tally, form: &Format) -> usize {
    match worst {
        _ if worst.is_exact => 0,
        _ if worst.e1 <= 1.0 && !worst.is_lost => 1,
        _ if worst.e2 <= 8.0 && !worst.is_lost => 2,
        _ if worst.e3 <= 16.0 => 3,
        _ if worst.e3 <= 2f64.powf(form.precision as f64 / 2.0) => 4,
        _ => 5,
    }
}

fn grade_file(header: &str, rows: &[&str], form: &Format, answers: &HashMap<(&str, &str), Vec<f64>>) {
    let loss = between(header, "\"loss\":\"", "\"");
    for (place, part) in PARTS.iter().enumerate() {
        let mut tallies: [Option<Tally>; 8] = [None; 8];
        for row in rows {
            let (expected, got) = (truths(row, place), answers.get(&(between(row, "\"id\":\"", "\""), *part)));
            let Some(got) = got.filter(|_| !expected.is_empty()) else { continue };
            let worst = match got.len() == expected.len() {
                true => got.iter().zip(&expected).map(|(y, truth)| measure(*y, truth, form)).fold(RIGHT, worse),
                false => FAILED,
            };
            let tally = &mut tallies[region(row)];
            *tally = Some(worse(tally.unwrap_or(RIGHT), worst));
        }
        let found: Vec<(usize, usize)> = (0..8).filter_map(|k| tallies[k].map(|worst| (k, grade(&worst, form)))).collect();
        for (k, level) in &found {
            println!("{loss} {} {part} {} {}", form.name, REGIONS[*k], LEVELS[*level]);
        }
        let counted = found.iter().filter(|(k, _)| *k < APART).map(|(_, level)| *level).max();
        if let Some(level) = counted.or(found.iter().map(|(_, level)| *level).max()) {
            println!("{loss} {} {part} headline {}", form.name, LEVELS[level]);
        }
    }
}

fn print_row(row: &str, form: &Format) {
    let id = between(row, "\"id\":\"", "\"");
    let pieces: Vec<&str> = between(row, "\"inputs\":{", ",\"value\":").split('"').collect(); // the odd ones were quoted
    let mut start = "";
    for (k, piece) in pieces.iter().enumerate() {
        match pieces.get(k + 1).unwrap_or(&"") {
            _ if k % 2 == 0 => {
                piece.split(['[', ']', '{', '}', ',', ':']).filter(|word| !word.is_empty()).for_each(|word| print!(" {word}"))
            }
            next if next.starts_with(":{") => (), // options
            next if next.starts_with(':') => print!("{start}{id} {piece}"),
            _ if is_bits(piece) => print!(" {:e}", decode(piece)),
            _ => print!(" {piece}"),
        }
        start = if k > 0 { "\n" } else { "" };
    }
    println!();
    for (place, part) in PARTS.iter().enumerate() {
        let found = truths(row, place); // at a kink the least slope stands for all
        let right = found.iter().map(|truth| encode(truth.rounded.unwrap_or_else(|| truth.ends.unwrap().0), form));
        if !found.is_empty() {
            println!("{id} {part} {}", right.collect::<Vec<_>>().join(" "));
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_grading = arguments.first().is_some_and(|word| word == "--grade");
    let read = |path: &String| std::fs::read_to_string(path).expect(path);
    let lines = if is_grading { read(&arguments[1]) } else { String::new() };
    let mut answers = HashMap::new();
    for mut words in lines.lines().map(str::split_whitespace) {
        if let (Some(id), Some(part)) = (words.next(), words.next()) {
            if PARTS.contains(&part) { // or an input, which the other mode prints
                answers.insert((id, part), words.map(decode).collect());
            }
        }
    }
    for path in &arguments[if is_grading { 2 } else { 0 }..] {
        let text = read(path);
        let rows: Vec<&str> = text.split_inclusive('\n').collect();
        let format = between(rows[0], "\"format\":\"", "\""); // the first line says what the others are
        let form = FORMATS.iter().find(|form| form.name == format).expect("this is no golden data");
        match is_grading {
            true => grade_file(rows[0], &rows[1..], form, &answers),
            false => rows[1..].iter().for_each(|row| print_row(row, form)),
        }
    }
}
