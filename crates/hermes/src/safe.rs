//! Remote and user text made fit for a terminal.

use std::fmt::Write as _;

/// Text with every character that could steer a terminal shown as a visible escape; line ends and tabs stay.
pub(crate) fn term_safe(text: &str) -> String {
    escape(text, |one| matches!(one, '\n' | '\t'))
}

/// As [`term_safe`], for text that must stay on one line.
pub(crate) fn term_line(text: &str) -> String {
    escape(text, |_| false)
}

/// JSON text with the characters escaped that JSON itself would leave as they are. They can stand only inside strings.
pub(crate) fn json_safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for one in json.chars() {
        if is_steering(one) && one != '\n' {
            let mut units = [0; 2];
            for unit in one.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(one);
        }
    }
    out
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        if is_steering(one) && !keep(one) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(one));
        } else {
            out.push(one);
        }
    }
    out
}

/// C0, DEL, C1, and characters that take no room or turn the direction of what follows.
fn is_steering(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
