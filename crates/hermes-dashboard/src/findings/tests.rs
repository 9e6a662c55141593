use hermes_core::UnixMs;
use hermes_text::{Both, Lang};

use super::Findings;
use crate::facts::{FindingFact, FindingGrade};

fn at(seconds: i64) -> UnixMs {
    UnixMs::from_millis(seconds * 1000)
}

fn found(text: &str) -> Vec<FindingFact> {
    vec![FindingFact {
        about: Both::same("store"),
        grade: FindingGrade::Good,
        text: Both::same(text),
        hint: None,
    }]
}

fn told(findings: &Findings) -> Option<(UnixMs, String)> {
    let seen = findings.seen.borrow();
    let (at, found) = seen.last.as_ref()?;
    Some((*at, found[0].text.get(Lang::En).to_owned()))
}

#[test]
fn one_examination_at_a_time_and_none_while_the_last_is_fresh() {
    let findings = Findings::default();
    assert!(findings.begin(at(0)));
    assert!(!findings.begin(at(1)));
    findings.end(at(2), Some(found("first")));
    assert!(!findings.begin(at(6)));
    assert_eq!(told(&findings), Some((at(2), "first".to_owned())));
    assert!(findings.begin(at(7)));
    // What was found before stands until the next one has ended, and when that finds nothing out.
    assert_eq!(told(&findings), Some((at(2), "first".to_owned())));
    findings.end(at(9), None);
    assert_eq!(told(&findings), Some((at(2), "first".to_owned())));
}

#[test]
fn only_who_did_not_wait_is_told_that_there_is_more() {
    let findings = Findings::default();
    let mut late = findings.late();
    late.mark_unchanged();
    assert!(findings.begin(at(0)));
    findings.end(at(1), Some(found("in time")));
    assert!(!late.has_changed().unwrap());
    assert!(findings.begin(at(60)));
    findings.seen.send_modify(|seen| seen.missed = true);
    findings.end(at(61), Some(found("late")));
    assert!(late.has_changed().unwrap());
    late.mark_unchanged();
    assert!(findings.begin(at(120)));
    findings.end(at(121), Some(found("in time")));
    assert!(!late.has_changed().unwrap());
}
