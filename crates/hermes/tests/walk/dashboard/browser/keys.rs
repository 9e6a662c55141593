//! Keys by their names.

use serde_json::{Value, json};

/// A key with what is held down, such as `Control+k` or `Shift+Tab`: the events of pressing and letting go.
pub(super) fn strokes(chord: &str) -> [Value; 2] {
    let (held, key) = match chord.rsplit_once('+') {
        Some((held, key)) if !key.is_empty() => (held, key),
        _ => ("", chord),
    };
    let modifiers: u8 = held.split('+').map(bit).sum();
    let (code, number, text) = place(key);
    let mut down = json!({"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers});
    let mut up = down.clone();
    up["type"] = json!("keyUp");
    // A character is written only when it is not a command.
    if text.is_empty() || modifiers & 0b111 != 0 {
        down["type"] = json!("rawKeyDown");
    } else {
        down["type"] = json!("keyDown");
        down["text"] = json!(text);
    }
    [down, up]
}

fn bit(name: &str) -> u8 {
    match name {
        "" => 0,
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => 8,
        other => panic!("no modifier is called {other}"),
    }
}

/// The place of a key on the keyboard, its number, and what it writes.
fn place(key: &str) -> (String, u32, String) {
    let named = |number, text: &str| (key.to_owned(), number, text.to_owned());
    match key {
        "Backspace" => named(8, ""),
        "Tab" => named(9, ""),
        "Enter" => named(13, "\r"),
        "Escape" => named(27, ""),
        "PageUp" => named(33, ""),
        "PageDown" => named(34, ""),
        "End" => named(35, ""),
        "Home" => named(36, ""),
        "ArrowLeft" => named(37, ""),
        "ArrowUp" => named(38, ""),
        "ArrowRight" => named(39, ""),
        "ArrowDown" => named(40, ""),
        "Delete" => named(46, ""),
        " " => ("Space".to_owned(), 32, " ".to_owned()),
        other => character(other),
    }
}

fn character(key: &str) -> (String, u32, String) {
    let mut characters = key.chars();
    let (Some(one), None) = (characters.next(), characters.next()) else {
        panic!("no key is called {key}");
    };
    let upper = one.to_ascii_uppercase();
    let code = match upper {
        'A'..='Z' => format!("Key{upper}"),
        '0'..='9' => format!("Digit{upper}"),
        _ => String::new(),
    };
    let number = if code.is_empty() { 0 } else { u32::from(upper) };
    (code, number, key.to_owned())
}
