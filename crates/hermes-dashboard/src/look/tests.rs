use hermes_core::UnixMs;
use hermes_text::Lang;
use pretty_assertions::assert_eq;

use super::*;

fn at(seconds: i64) -> UnixMs {
    UnixMs::from_millis(seconds * 1000)
}

#[test]
fn short_numbers_keep_what_counts() {
    let shown = [0, 999, 1000, 1_250, 99_949, 128_400, 4_500_000, 2_000_000_000].map(compact);
    assert_eq!(shown, ["0", "999", "1k", "1.2k", "99.9k", "128k", "4.5M", "2B"]);
}

#[test]
fn prices_show_small_amounts_too() {
    let shown = [0, 40, 4_200, 810_000, 12_300_000, 1_204_000_000].map(dollars);
    assert_eq!(
        shown,
        ["$0.00", "<$0.0001", "$0.0042", "$0.81", "$12.30", "$1,204.00"]
    );
}

#[test]
fn commands_in_a_sentence_are_code() {
    assert_eq!(
        prose("Run `hermes up` now").into_string(),
        "Run <code>hermes up</code> now"
    );
    assert_eq!(prose("a ` alone <b>").into_string(), "a ` alone &lt;b&gt;");
}

#[test]
fn moments_are_told_beside_now_and_exactly() {
    let ahead = moment(Lang::En, at(3_661), at(0)).into_string();
    assert!(ahead.contains(">in 1 h 1 min<"), "{ahead}");
    assert!(ahead.contains("datetime=\"1970-01-01T01:01:01Z\""), "{ahead}");
    assert!(
        moment(Lang::Zh, at(0), at(90))
            .into_string()
            .contains(">1 分钟 30 秒前<")
    );
    assert!(
        moment(Lang::En, UnixMs::MAX, at(0))
            .into_string()
            .contains("9999-")
    );
}

#[test]
fn parts_of_addresses_are_encoded() {
    assert_eq!(encoded("a b/c?d=é&+"), "a%20b%2Fc%3Fd%3D%C3%A9%26%2B");
}

#[test]
fn only_web_addresses_become_links() {
    let link = |address| outward(Lang::En, None, address, prose("x")).into_string();
    assert!(link("https://example.com/a").contains("href=\"https://example.com/a\""));
    for address in ["javascript:alert(1)", "data:text/html,x", "/local", "no address"] {
        assert!(!link(address).contains("href"), "{address}");
    }
}

#[test]
fn a_link_that_is_too_long_has_no_qr_code() {
    let drawn = qr("https://example.com", "code").map(maud::PreEscaped::<String>::into_string);
    assert!(drawn.is_some_and(|svg| svg.contains("viewBox=\"0 0 33 33\"")));
    assert!(qr(&"x".repeat(4_000), "code").is_none());
}

#[test]
fn a_list_on_one_page_needs_no_paging() {
    let drawn = |offset, total| {
        paging(
            Lang::En,
            "/pool/x",
            Paging {
                offset,
                limit: 50,
                total,
            },
        )
        .into_string()
    };
    assert_eq!(drawn(0, 50), "");
    let middle = drawn(50, 10_000);
    assert!(middle.contains("51–100 of 10,000"), "{middle}");
    assert!(
        middle.contains("/pool/x?offset=0") && middle.contains("/pool/x?offset=100"),
        "{middle}"
    );
    assert!(!drawn(50, 60).contains("rel=\"next\""));
}

fn chart(values: &[&[u64]]) -> Chart {
    let series = values.iter().enumerate();
    Chart {
        title: "Tokens".to_owned(),
        note: None,
        unit: Unit::Count,
        steps: (0..values[0].len())
            .map(|step| at(i64::try_from(step).unwrap() * 3600))
            .collect(),
        daily: false,
        series: series
            .map(|(number, values)| Series {
                name: format!("s{number}"),
                values: values.to_vec(),
            })
            .collect(),
    }
}

#[test]
fn bars_stack_upon_each_other_up_to_a_round_number() {
    let drawn = bars(Lang::En, &chart(&[&[8, 0], &[32, 20]])).into_string();
    assert!(
        drawn.contains("<rect class=\"s0\" x=\"1\" width=\"8\" y=\"800\" height=\"200\">"),
        "{drawn}"
    );
    assert!(
        drawn.contains("<rect class=\"s1\" x=\"1\" width=\"8\" y=\"0\" height=\"800\">"),
        "{drawn}"
    );
    assert!(!drawn.contains("<rect class=\"s0\" x=\"11\""), "{drawn}");
}

#[test]
fn zeros_break_a_line() {
    let drawn = lines(Lang::En, &chart(&[&[100, 50, 0, 25]])).into_string();
    assert!(
        drawn.contains("<path class=\"line s0\" d=\"M5 0L15 500M35 750\">"),
        "{drawn}"
    );
    // Where a value has no neighbour there is no line; it shows as a dot.
    assert!(
        drawn.contains("<path class=\"line alone s0\" d=\"M35 750h0\">"),
        "{drawn}"
    );
}

#[test]
fn charts_bear_any_number() {
    let drawn = bars(Lang::En, &chart(&[&[u64::MAX, 0], &[0, 1]])).into_string();
    assert!(drawn.contains("height=\"1000\""), "{drawn}");
    assert!(bars(Lang::En, &chart(&[&[]])).into_string().contains("<svg"));
}

#[test]
fn a_full_window_is_told_and_never_drawn_beyond_its_end() {
    let window = Window {
        name: "5 h".to_owned(),
        used_percent: 250,
        resets: None,
    };
    let drawn = window_bar(Lang::En, &window, at(0)).into_string();
    assert!(
        drawn.contains("100 % used") && drawn.contains("width=\"100%\""),
        "{drawn}"
    );
}

#[test]
fn words_from_below_become_a_sentence() {
    for (words, sentence) in [
        (
            "the login was denied at `a.test`",
            "The login was denied at `a.test`.",
        ),
        ("Nothing came back.", "Nothing came back."),
        ("éclair", "Éclair."),
    ] {
        assert_eq!(super::sentence(words), sentence);
    }
}
