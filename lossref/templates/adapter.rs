// Losses for lossref to judge: `lossref check cmd:./adapter` starts this (`lossref protocol` explains it).
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

// EDIT HERE: your functions. `lossref list` names the losses, `lossref show huber` has the inputs and options of one.
// A call is for one example: x["logits"] are the numbers of an input or option, mostly one, by those names. It returns
// a value, or the gradient in the first input. A panic is answered as an error; one with Declined and a reason says
// that you do not take the question: the batch is left out, and counted, not judged.
#[allow(dead_code)]
struct Declined(&'static str);
type Example<'a> = HashMap<&'a str, Vec<f64>>;

fn softplus(x: f64) -> f64 {
    (if x < 0.0 { 0.0 } else { x }) + (-x.abs()).exp().ln_1p()
}

fn sigmoid(x: f64) -> f64 {
    (if x < 0.0 { x.exp() } else { 1.0 }) / (1.0 + (-x.abs()).exp())
}

fn sigmoid_value(z: f64, y: f64) -> f64 {
    // if y != 0.0 && y != 1.0 { std::panic::panic_any(Declined("hard labels only")) }
    let (no, yes) = (1.0 - y, y); // two terms of one sign: nothing cancels; a label of 0 or 1 leaves one of them
    (if no == 0.0 { 0.0 } else { no * softplus(z) }) + (if yes == 0.0 { 0.0 } else { yes * softplus(-z) })
}

fn sigmoid_gradient(z: f64, y: f64) -> f64 {
    (1.0 - y) * sigmoid(z) - y * sigmoid(-z)
}

fn softmax(z: &[f64], target: usize) -> (f64, Vec<f64>) {
    let top = (0..z.len()).fold(0, |k, j| if z[j] > z[k] { j } else { k });
    let mut weights: Vec<f64> = (0..z.len()).map(|j| if j == top { 0.0 } else { (z[j] - z[top]).exp() }).collect();
    let rest: f64 = weights.iter().sum(); // without the largest, 1, in which small ones would drown
    weights[top] = 1.0;
    weights[target] = 0.0;
    weights[target] = -weights.iter().sum::<f64>(); // p - 1, without a difference
    let lag = if top == target { 0.0 } else { z[top] - z[target] };
    (lag + rest.ln_1p(), weights.iter().map(|w| w / (1.0 + rest)).collect())
}

const LOSSES: [(&str, &str, fn(&Example) -> Vec<f64>); 4] = [
    ("sigmoid_cross_entropy", "value", |x| vec![sigmoid_value(x["logits"][0], x["target"][0])]),
    ("sigmoid_cross_entropy", "gradient", |x| vec![sigmoid_gradient(x["logits"][0], x["target"][0])]),
    ("softmax_cross_entropy", "value", |x| vec![softmax(&x["logits"], x["target"][0] as usize).0]),
    ("softmax_cross_entropy", "gradient", |x| softmax(&x["logits"], x["target"][0] as usize).1),
];

// The rest can stay as it is.
struct Format(&'static str, u32, i32); // its name, its bits in all, and those after the leading 1

const FORMATS: [Format; 6] = [
    Format("float64", 64, 52),
    Format("float32", 32, 23),
    Format("bfloat16", 16, 7),
    Format("float16", 16, 10),
    Format("float8_e5m2", 8, 2),
    Format("float8_e4m3fn", 8, 3),
];

impl Format {
    fn bias(&self) -> i32 {
        (1 << (self.1 as i32 - 2 - self.2)) - 1
    }

    fn has_infinity(&self) -> bool {
        self.0 != "float8_e4m3fn"
    }

    // The bits above those of the largest number: infinity, or the one NaN where there is none.
    fn beyond(&self) -> u64 {
        if self.has_infinity() { ((2 * self.bias() + 1) as u64) << self.2 } else { (1 << (self.1 - 1)) - 1 }
    }

    fn decoded(&self, bits: u64) -> f64 {
        let sign = 1 << (self.1 - 1);
        let (rest, exponent) = (bits & (sign - 1), (bits & (sign - 1)) >> self.2);
        let digits = (rest & ((1 << self.2) - 1)) + if exponent > 0 { 1 << self.2 } else { 0 };
        let x = match rest {
            rest if rest < self.beyond() => scaled(digits as f64, exponent.max(1) as i32 - self.bias() - self.2),
            rest if rest == self.beyond() && self.has_infinity() => f64::INFINITY,
            _ => f64::NAN,
        };
        if bits & sign != 0 { -x } else { x }
    }

    // Rounded to the nearest number, ties to even.
    fn encoded(&self, x: f64) -> u64 {
        let (sign, least) = (if x.is_sign_negative() { 1 << (self.1 - 1) } else { 0 }, 1 - self.bias());
        if x.is_nan() {
            return self.beyond() + if self.has_infinity() { 1 << (self.2 - 1) } else { 0 };
        }
        if x.is_infinite() {
            return sign + self.beyond();
        }
        let exponent = (((x.to_bits() >> 52) & 2047) as i32 - 1023).max(least);
        let steps = scaled(x.abs(), self.2 - exponent).round_ties_even() as u64;
        sign + ((((exponent - least) as u64) << self.2) + steps).min(self.beyond())
    }
}

fn scaled(x: f64, power: i32) -> f64 {
    let half = power / 2; // in two steps, of which neither overflows
    x * 2f64.powi(half) * 2f64.powi(power - half)
}

fn decode(entry: &str, format: &Format) -> Vec<f64> {
    let number = |word: &str| match word.trim_matches('"') {
        index if index.len() == word.len() => index.parse().unwrap(),
        bits => format.decoded(u64::from_str_radix(bits, 16).unwrap()),
    };
    entry.split(',').map(number).collect()
}

fn run(line: &str) -> String {
    let (head, rest) = line.split_once("\"inputs\":{").unwrap();
    let (inputs, options) = rest.split_once("},\"options\":{").unwrap();
    let words: Vec<&str> = head.split('"').collect(); // type run, sequence, loss, part and format, and what is between
    let (sequence, loss, part, format) = (words[6].trim_matches([':', ',']), words[9], words[13], words[17]);
    let format = FORMATS.iter().find(|known| known.0 == format).unwrap_or(&FORMATS[0]);
    let Some((.., function)) = LOSSES.iter().find(|known| (known.0, known.1) == (loss, part)) else {
        return format!(r#"{{"type":"unsupported","sequence":{sequence},"reason":"not in LOSSES"}}"#);
    };
    if options.contains("\"reduction\":") {
        let reason = "single examples only";
        return format!(r#"{{"type":"unsupported","sequence":{sequence},"reason":"{reason}"}}"#);
    }
    let mut examples: Vec<Example> = Vec::new();
    for (name, batch) in inputs.split("],\"").map(|input| input.split_once(":[").unwrap()) {
        let between = if batch.starts_with('[') { "],[" } else { "," };
        for (i, entry) in batch.trim_matches(['[', ']']).split(between).enumerate() {
            if i == examples.len() {
                let named = options.split(',').filter_map(|option| option.split_once(':'));
                let decoded = named.map(|(name, x)| (name.trim_matches('"'), decode(x.trim_end_matches('}'), format)));
                examples.push(decoded.collect());
            }
            examples[i].insert(name.trim_matches('"'), decode(entry, format));
        }
    }
    let encode = |x: &f64| format!("\"{:0width$x}\"", format.encoded(*x), width = format.1 as usize / 4);
    let answers = match std::panic::catch_unwind(|| examples.iter().map(function).collect::<Vec<_>>()) {
        Ok(answers) => answers,
        Err(problem) => {
            let (kind, text) = match problem.downcast_ref::<Declined>() {
                Some(Declined(reason)) => (r#""unsupported","reason""#, *reason),
                None => (r#""error","message""#, "it panicked; standard error has more"),
            };
            return format!(r#"{{"type":{kind}:"{text}","sequence":{sequence}}}"#);
        }
    };
    let is_list = part != "value" && inputs.split_once(":[").unwrap().1.starts_with('[');
    let row = |numbers: &Vec<f64>| match numbers.iter().map(encode).collect::<Vec<_>>().join(",") {
        list if is_list => format!("[{list}]"),
        number => number,
    };
    let rows = answers.iter().map(row).collect::<Vec<_>>().join(",");
    format!(r#"{{"type":"result","sequence":{sequence},"answer":[{rows}]}}"#)
}

fn hello() -> String {
    let losses = LOSSES.chunk_by(|a, b| a.0 == b.0).map(|rows| {
        let parts: Vec<String> = rows.iter().map(|row| format!("\"{}\"", row.1)).collect();
        format!(r#""{}":{{"parts":[{}]}}"#, rows[0].0, parts.join(","))
    });
    let about = r#""protocol":2,"name":"mine","language":"Rust","version":"1","command":"./adapter""#;
    let losses = losses.collect::<Vec<_>>().join(",");
    let formats = FORMATS.map(|format| format!("\"{}\"", format.0)).join(",");
    format!(r#"{{"type":"hello",{about},"formats":[{formats}],"losses":{{{losses}}}}}"#)
}

fn main() {
    for line in io::stdin().lock().lines().map(|line| line.unwrap()) {
        if line.starts_with(r#"{"type":"bye""#) {
            break;
        }
        println!("{}", if line.starts_with(r#"{"type":"hello""#) { hello() } else { run(&line) });
        io::stdout().flush().unwrap();
    }
}
