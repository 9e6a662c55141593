//! Writes every page with made-up values as files, to look at in a browser: `cargo run --example preview -- FOLDER`.
//!
//! `FOLDER/en` and `FOLDER/zh` hold whole documents that need no server; `FOLDER/ui` holds the contents alone.

mod samples;

use std::path::Path;

use hermes_dashboard::look::{Shell, Spot, assets, shell};
use hermes_text::Lang;
use maud::Markup;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os()
        .nth(1)
        .unwrap_or_else(|| "target/preview".into());
    let folder = Path::new(&folder);
    fs_err::create_dir_all(folder.join("assets"))?;
    for asset in assets::ALL {
        fs_err::write(folder.join(asset.path.trim_start_matches('/')), asset.body)?;
    }
    for (lang, name) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        for (spot, page, content) in samples::all::drawn(lang) {
            write(&folder.join(name).join(&page), &document(lang, spot, &content))?;
            write(&folder.join("ui").join(name).join(page), &content.into_string())?;
        }
        write(&folder.join("shell").join(name), &frame(lang, Spot::Overview))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    fs_err::create_dir_all(path.parent().unwrap_or(path))?;
    fs_err::write(path.with_extension("html"), text)
}

fn frame(lang: Lang, spot: Spot) -> String {
    shell(Shell {
        far: false,
        lang,
        spot: Some(spot),
        version: "0.1.0",
    })
    .into_string()
}

/// The content in its frame, without the script, whose work is done here.
fn document(lang: Lang, spot: Spot, content: &Markup) -> String {
    let frame = frame(lang, spot);
    let (head, rest) = frame
        .split_once("aria-busy=\"true\">")
        .expect("the frame has a place for the content");
    let (_, tail) = rest.split_once("</main>").expect("the place ends");
    let content = content.clone().into_string();
    let (content, tail) = if content.contains("id=\"login-body\"") {
        let open = format!("<dialog id=\"login\" open aria-labelledby=\"login-title\">{content}");
        (
            String::new(),
            tail.replace("<dialog id=\"login\" aria-labelledby=\"login-title\">", &open),
        )
    } else {
        (content, tail.to_owned())
    };
    format!("{head}>{content}</main>{tail}").replace("/assets/", "../assets/")
}
