use super::{Histogram, middle, slot};

#[test]
fn slots_follow_each_other_and_their_middle_is_near() {
    let mut last = 0;
    let all = (0..100_000).chain((17..32).flat_map(|power| {
        let edge = 1_u32 << power;
        [edge - 1, edge, edge + 1, edge + (edge >> 1)]
    }));
    for ms in all.chain([u32::MAX]) {
        let found = slot(ms);
        assert!(found == last || ms > 100_000 || found == last + 1, "{ms}");
        last = found;
        let off = i64::from(middle(found)) - i64::from(ms);
        assert!(
            off.abs() * 14 <= i64::from(ms),
            "{ms} is told as {}",
            middle(found)
        );
        assert_eq!(slot(middle(found)), found);
    }
}

#[test]
fn percentiles_are_those_of_the_counts() {
    let mut one = Histogram::default();
    assert_eq!(one.percentile(50), None);
    for ms in 1..=100 {
        one.add(ms * 10);
    }
    let near = |found: Option<u32>, right: u32| {
        let found = found.unwrap();
        assert!(found.abs_diff(right) * 14 <= right, "{found} for {right}");
    };
    near(one.percentile(50), 500);
    near(one.percentile(95), 950);
    near(one.percentile(99), 990);
    near(one.percentile(100), 1000);
    let mut single = Histogram::default();
    single.add(7);
    assert_eq!(
        [1, 50, 99].map(|percent| single.percentile(percent)),
        [Some(7); 3]
    );
}

#[test]
fn text_comes_back_and_adds_up() {
    let mut one = Histogram::default();
    for ms in [0, 3, 3, 900, u32::MAX] {
        one.add(ms);
    }
    let mut other = Histogram::default();
    other.merge_text(&one.to_text());
    assert_eq!(other, one);
    other.merge_text(&one.to_text());
    for ms in [0, 3, 3, 900, u32::MAX] {
        one.add(ms);
    }
    assert_eq!(other, one);
    other.merge_text("x 1 2: :3 4:x 99999999999:1");
    assert_eq!(other, one);
    // A slot that no latency has is no reason to fail.
    other.merge_text("4294967295:1");
    assert!(other.percentile(100).is_some());
}
