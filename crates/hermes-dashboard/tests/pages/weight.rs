//! How much a browser has to fetch for a page.

use hermes_dashboard::look::{Paging, Shell, Spot, assets, shell};
use hermes_dashboard::pages;
use hermes_text::Lang;

use crate::samples;

/// Most bytes of everything that a page needs, compressed as a server would.
const MOST: usize = 150_000;

fn compressed(bytes: &[u8]) -> usize {
    miniz_oxide::deflate::compress_to_vec(bytes, 6).len()
}

/// Frame, style and scripts.
fn frame() -> usize {
    let frame = shell(Shell {
        far: false,
        lang: Lang::Zh,
        spot: Some(Spot::Overview),
        version: "0.1.0",
    })
    .into_string();
    assets::ALL
        .iter()
        .map(|asset| compressed(asset.body))
        .sum::<usize>()
        + compressed(frame.as_bytes())
}

#[test]
fn every_page_is_light() {
    for (_, name, content) in samples::all::drawn(Lang::Zh) {
        let weight = frame() + compressed(content.into_string().as_bytes());
        assert!(weight < MOST / 2, "{name}: {weight}");
    }
}

#[test]
fn a_page_of_a_great_pool_is_light() {
    let mut model = samples::pool::filled();
    let one = model.accounts[0].clone();
    model.accounts = (0..50)
        .map(|place| pages::pool::Account {
            id: format!("{place:036}"),
            label: format!("account {place}"),
            place,
            ..one.clone()
        })
        .collect();
    model.paging = Paging {
        offset: 0,
        limit: 50,
        total: 10_000,
    };
    let content = pages::pool::render(Lang::En, &model).into_string();
    let weight = frame() + compressed(content.as_bytes());
    assert!(weight < MOST, "{weight}");
}

#[test]
fn every_file_is_found_by_its_address() {
    for asset in assets::ALL {
        assert_eq!(assets::find(asset.path).map(|found| found.body), Some(asset.body));
    }
    assert!(assets::find("/assets/../Cargo.toml").is_none());
}

#[test]
fn every_module_that_a_script_imports_is_there() {
    for asset in assets::ALL
        .iter()
        .filter(|asset| asset.content_type.starts_with("text/javascript"))
    {
        let text = std::str::from_utf8(asset.body).expect("text");
        for name in text
            .split("from './")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next())
        {
            assert!(
                assets::find(&format!("/assets/{name}")).is_some(),
                "{}: {name}",
                asset.path
            );
        }
    }
}
