//! Large inputs, which no mutation step by step would reach.

use serde_json::Value;

use crate::random::Random;

/// Size of a large event, bytes. One of this size has to fit into the memory.
const LARGE: usize = 8 << 20;

/// Stands where the large part goes.
const MARK: &str = "\u{1}grow\u{1}";

/// What a long text is made of.
const FILLINGS: [&str; 7] = [
    "a",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\\"",
    "é",
    "</think>",
    "{\\\"a\\\":[1,",
];

/// What a long list is made of.
const ELEMENTS: [&str; 6] = ["0", "{}", "[]", "\"\"", "{\"a\":1}", "null"];

/// The JSON text with one of its texts or lists grown until the whole is large.
pub(crate) fn json(value: &Value, random: &mut Random) -> Vec<u8> {
    let mut marked = value.clone();
    let mut places = Vec::new();
    paths(value, String::new(), &mut places);
    let place = &places[random.below(places.len())];
    if let Some(place) = marked.pointer_mut(place) {
        *place = Value::String(MARK.to_owned());
    }
    let text = marked.to_string();
    let mark = Value::String(MARK.to_owned()).to_string();
    text.replacen(&mark, &grown(random), 1).into_bytes()
}

fn grown(random: &mut Random) -> String {
    if random.below(3) > 0 {
        let filling = random.pick(&FILLINGS);
        return format!("\"{}\"", filling.repeat(LARGE / filling.len()));
    }
    let element = random.pick(&ELEMENTS);
    let mut list = format!("{element},").repeat(LARGE / (element.len() + 1));
    list.pop();
    format!("[{list}]")
}

fn paths(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                paths(inner, format!("{at}/{index}"), out);
            }
        }
        Value::Object(map) => {
            for (name, inner) in map {
                let name = name.replace('~', "~0").replace('/', "~1");
                paths(inner, format!("{at}/{name}"), out);
            }
        }
        _ => {}
    }
    out.push(at);
}
