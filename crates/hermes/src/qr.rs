use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// A link as a QR code of half-height blocks, drawn light on dark; none when it is too long.
pub(crate) fn draw(link: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, qrcode::EcLevel::L).ok()?;
    let mut drawing = code.render::<Dense1x2>();
    Some(
        drawing
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .quiet_zone(true)
            .build(),
    )
}
