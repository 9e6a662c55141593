use hermes_text::{Count, Lang, common as text};
use maud::{Markup, html};

/// Where one is in a long list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Items before this page.
    pub offset: u64,
    /// Most items of a page; at least 1.
    pub limit: u64,
    /// Items in all.
    pub total: u64,
}

/// Links to the pages before and after; nothing when everything is on one page. `address` is the page's path without query.
pub fn paging(lang: Lang, address: &str, paging: Paging) -> Markup {
    let Paging { offset, limit, total } = paging;
    if total <= limit && offset == 0 {
        return html! {};
    }
    let to = offset.saturating_add(limit).min(total);
    let link = |offset: u64| format!("{address}?offset={offset}");
    html! {
        nav class="paging" aria-label=(text::pages(lang)) {
            span class="number" { (text::shown_of(lang, (offset + 1).min(total), to, &Count::from(total).grouped())) }
            @if offset > 0 {
                a class="button" rel="prev" href=(link(offset.saturating_sub(limit))) { (text::previous(lang)) }
            }
            @if to < total {
                a class="button" rel="next" href=(link(to)) { (text::next(lang)) }
            }
        }
    }
}

/// The last row of a list of which only the first `most` of `all` are shown; nothing where that is all of them.
pub fn rest_of(lang: Lang, all: usize, most: usize) -> Markup {
    let left = all.saturating_sub(most) as u64;
    html! { @if left > 0 { li class="faint" { (text::and_more(lang, left)) } } }
}
