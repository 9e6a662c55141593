//! Remote text made fit for a terminal.

use std::fmt::Write as _;

/// Longest piece of remote text in a message, characters.
pub(crate) const SAID_MAX: usize = 200;

/// Remote text for people: control characters, DEL, C1 and direction overrides become visible escapes, runs of white space become
/// one space, and what is longer than `max` characters is cut and ends in `…`.
pub fn printable(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut gap = false;
    for one in text.trim().chars() {
        if matches!(one, ' ' | '\t' | '\n' | '\r') {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
            length += 1;
        }
        if length >= max {
            out.push('…');
            return out;
        }
        if one.is_control() || is_hidden(one) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(one));
        } else {
            out.push(one);
        }
        length += 1;
    }
    out
}

/// Characters that take no room or turn the direction of what follows.
fn is_hidden(one: char) -> bool {
    matches!(one,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests;
