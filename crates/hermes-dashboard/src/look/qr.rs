use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, as ISO/IEC 18004 asks for.
const QUIET: usize = 4;

/// A text as a QR code, always dark on white; none when it is too long. `name` tells screen readers what it is.
pub fn qr(text: &str, name: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let dark = code
        .to_colors()
        .into_iter()
        .enumerate()
        .filter(|(_, color)| *color == Color::Dark);
    let squares =
        dark.map(|(place, _)| format!("M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET));
    let path: String = squares.collect();
    let side = width + 2 * QUIET;
    Some(html! {
        svg class="qr" role="img" aria-label=(name) viewBox=(format!("0 0 {side} {side}")) shape-rendering="crispEdges" {
            rect class="qr-light" width=(side) height=(side) {}
            path class="qr-dark" d=(path) {}
        }
    })
}
