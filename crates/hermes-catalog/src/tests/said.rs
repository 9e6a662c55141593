//! Rows and errors speak every language.

use hermes_core::{Lang, ProviderId, language_faults};
use hermes_text::{Both, check};
use pretty_assertions::assert_eq;

use super::{builtin, invalid, with_overlay};
use crate::{CatalogError, Provider};

fn texts(row: &Provider) -> Vec<&Both> {
    let methods = row.login.iter();
    let cards = methods.flat_map(|method| [&method.name, &method.card.text]);
    let regions = row.regions.iter().map(|region| &region.name);
    let notes = row.errors.iter().map(|rule| &rule.note);
    std::iter::once(&row.summary)
        .chain(cards)
        .chain(regions)
        .chain(notes)
        .collect()
}

#[test]
fn every_text_of_a_built_in_row_is_there_in_chinese() {
    for row in builtin().providers() {
        for text in texts(row) {
            assert_ne!(text.get(Lang::En), text.get(Lang::Zh), "{}", row.id);
            let faults = check::faults(|lang| text.get(lang).to_owned());
            assert!(faults.is_empty(), "{}: {faults:?}", row.id);
        }
    }
}

#[test]
fn an_overlay_that_writes_one_text_replaces_both() {
    let text =
        "id = \"minimax-oauth\"\nsummary = \"Ours\"\n[[regions]]\nid = \"cn\"\nname = { zh = \"国内\" }\n";
    let catalog = with_overlay(&[("a.toml", text)]).unwrap();
    let row = catalog.provider("minimax-oauth").unwrap();
    assert_eq!(row.summary, Both::same("Ours"));
    assert_eq!(row.regions[1].name, Both::new("China (minimaxi.com)", "国内"));
}

#[test]
fn a_text_in_a_language_that_is_not_spoken_is_refused() {
    let text = "id = \"nous\"\nsummary = { en = \"Ours\", fr = \"Le nôtre\" }\n";
    let (_, line, key, problem) = invalid(with_overlay(&[("a.toml", text)]));
    assert_eq!((line, key.as_str()), (Some(2), "summary"));
    assert_eq!(problem, "must be a text, or `en` and `zh` with one text each");
}

fn errors() -> Vec<CatalogError> {
    let provider = || ProviderId::new("aurora");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let unknown = |near: &[&str]| CatalogError::UnknownProvider {
        name: "auroar".to_owned(),
        near: names(near),
    };
    let region = |known: &[&str]| CatalogError::UnknownRegion {
        provider: provider(),
        name: "north".to_owned(),
        known: names(known),
    };
    let method = |known: &[&str]| CatalogError::UnknownMethod {
        provider: provider(),
        name: "smoke".to_owned(),
        known: names(known),
    };
    let template = CatalogError::Template {
        provider: provider(),
        template: "{api}/v1".to_owned(),
        problem: Both::same("no"),
    };
    let read = CatalogError::Read {
        path: "/rows".to_owned(),
        problem: Both::same("denied"),
    };
    let (_, line, key, _) = invalid(with_overlay(&[("a.toml", "id = \"nous\"\nsumary = \"x\"\n")]));
    let wrong = with_overlay(&[("a.toml", "id = \"nous\"\nsumary = \"x\"\n")]).unwrap_err();
    assert_eq!((line, key.as_str()), (Some(2), "sumary"));
    let two = ["aurora", "aurora-cn"];
    let unknowns = [
        unknown(&[]),
        unknown(&two),
        region(&[]),
        region(&two),
        method(&[]),
        method(&two),
    ];
    unknowns.into_iter().chain([template, read, wrong]).collect()
}

#[test]
fn every_error_says_the_same_in_each_language() {
    for error in errors() {
        let faults = language_faults(&error);
        assert!(faults.is_empty(), "{faults:?}");
    }
}
