//! Changes that keep JSON and events whole, so that more than the parser is tried.

use serde_json::{Map, Value};

use crate::random::Random;

/// Values that fit nowhere.
const ODD: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "-1e-999",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890123456789012345678901234567890",
    "\"\"",
    "[]",
    "{}",
];

/// Texts that are cut or read in odd places.
const TEXTS: [&str; 10] = [
    "\u{0}",
    "\u{feff}",
    "\u{2028}",
    "é😀",
    "e\u{301}",
    "<think>",
    "hz1.upstream.sig.AAAA",
    "data:image/png;base64,",
    "{\"a\":\"\\ud800\"}",
    "\r\n\r\ndata: x",
];

/// Applies one to four changes.
pub(crate) fn json(value: &mut Value, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let donor = node(value, random).clone();
        change(node(value, random), donor, random);
    }
}

/// Makes text of a value, now and then with something that only raw JSON can say.
pub(crate) fn written(value: &Value, random: &mut Random) -> Vec<u8> {
    let text = value.to_string();
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    if quotes.is_empty() || random.below(6) > 0 {
        return text.into_bytes();
    }
    let at = random.pick(&quotes);
    let raw = random.pick(&["\\ud800", "\\udc00", "\\u0000", "\\", "\u{7f}"]);
    format!("{}{raw}{}", &text[..at], &text[at..]).into_bytes()
}

/// Any node of a tree.
fn node<'a>(value: &'a mut Value, random: &mut Random) -> &'a mut Value {
    let size = match value {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    };
    if size == 0 || random.below(5) == 0 {
        return value;
    }
    let index = random.below(size);
    let inner = match value {
        Value::Array(list) => list.get_mut(index),
        Value::Object(map) => map.values_mut().nth(index),
        _ => None,
    };
    node(inner.expect("the index is below the size"), random)
}

fn change(place: &mut Value, donor: Value, random: &mut Random) {
    match (random.below(8), &mut *place) {
        (0, Value::Object(map)) => remove_or_rename(map, &donor, random),
        (0 | 1, Value::Array(list)) if !list.is_empty() => {
            let index = random.below(list.len());
            if random.below(2) == 0 {
                list.remove(index);
            } else {
                let copy = list[index].clone();
                list.insert(index, copy);
            }
        }
        (1, Value::Object(map)) => {
            let name = name_of(&donor).unwrap_or_else(|| "x".to_owned());
            map.insert(name, donor);
        }
        (2, Value::String(text)) => {
            let at = (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .nth(random.below(text.chars().count() + 1));
            text.insert_str(at.unwrap_or_default(), random.pick(&TEXTS));
        }
        (3, _) => *place = nested(random),
        (4 | 5, _) => *place = donor,
        (6, Value::String(text)) => *place = Value::String(random.pick(&TEXTS).repeat(1 + text.len() % 3)),
        _ => {
            if let Ok(odd) = serde_json::from_str(random.pick(&ODD)) {
                *place = odd;
            }
        }
    }
}

fn remove_or_rename(map: &mut Map<String, Value>, donor: &Value, random: &mut Random) {
    let Some(name) = map.keys().nth(random.below(map.len().max(1))).cloned() else {
        return;
    };
    let Some(value) = map.shift_remove(&name) else {
        return;
    };
    if random.below(2) == 0 {
        map.insert(name_of(donor).unwrap_or_default(), value);
    }
}

fn name_of(donor: &Value) -> Option<String> {
    match donor {
        Value::String(text) => Some(text.clone()),
        Value::Object(map) => map.keys().next().cloned(),
        _ => None,
    }
}

fn nested(random: &mut Random) -> Value {
    let depth = 1 + random.below(140);
    (0..depth).fold(Value::Null, |inner, _| {
        if random.below(2) == 0 {
            Value::Array(vec![inner])
        } else {
            Value::Object(Map::from_iter([("a".to_owned(), inner)]))
        }
    })
}
