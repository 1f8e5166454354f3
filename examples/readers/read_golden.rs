// Reads golden data with the standard library alone: rustc -O read_golden.rs, then
//   ./read_golden golden/binary/sigmoid_cross_entropy.float64.jsonl
// Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A
// call, with "reduction" among its options, has several examples and, unreduced, several values, between commas.
// The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
fn decode(bits: &str) -> f64 {
    match bits.len() {
        16 => f64::from_bits(u64::from_str_radix(bits, 16).unwrap()),
        _ => f32::from_bits(u32::from_str_radix(bits, 16).unwrap()) as f64,
    }
}

fn encode(number: f64, is_double: bool) -> String {
    match is_double {
        true => format!("{:016x}", number.to_bits()),
        false => format!("{:08x}", (number as f32).to_bits()),
    }
}

fn is_bits(word: &&str) -> bool {
    word.len() >= 8 && word.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn after<'a>(line: &'a str, key: &str) -> &'a str {
    line.split_once(key).unwrap().1
}

fn main() {
    let path = std::env::args().nth(1).expect("read_golden FILE");
    let text = std::fs::read_to_string(path).unwrap();
    let (header, vectors) = text.split_once('\n').unwrap(); // the first line says what the others are
    let is_double = header.contains("\"format\":\"float64\"");
    for line in vectors.lines() {
        let (input, _) = after(after(line, "\"inputs\":{"), ":").split_once('}').unwrap();
        let (value, _) = after(line, "\"value\":{\"rounded\":[").split_once(']').unwrap();
        let numbers: Vec<f64> = input.split(':').next().unwrap().split('"').filter(is_bits).map(decode).collect();
        let values: Vec<f64> = value.split('"').filter(is_bits).map(decode).collect();
        let bits = |several: &[f64]| several.iter().map(|x| encode(*x, is_double)).collect::<Vec<_>>().join(",");
        let digits: Vec<String> = values.iter().map(|x| format!("{x:e}")).collect();
        println!("{} {} {} {}", &after(line, "\"id\":\"")[..12], bits(&numbers), bits(&values), digits.join(","));
    }
}
