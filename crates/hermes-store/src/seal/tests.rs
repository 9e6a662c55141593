use std::sync::Arc;

use hermes_core::{OsRandom, Secret};

use super::{Cell, Sealer, framed};

fn sealer() -> Sealer {
    Sealer::new("store", "key", Secret::new([7; 32]), Arc::new(OsRandom))
}

const CELL: Cell<'static> = Cell {
    table: "credential_secret",
    row: "r1",
    column: "access",
    generation: 3,
    bound: "provider",
};

#[test]
fn open_own_cell_gives_the_secret() {
    let blob = sealer().seal(CELL, "canary");
    assert_eq!(sealer().open(CELL, &blob), Some(Secret::from("canary")));
    assert!(!blob.windows(6).any(|part| part == b"canary"));
}

#[test]
fn open_any_flipped_byte_gives_nothing() {
    let blob = sealer().seal(CELL, "canary");
    for place in 0..blob.len() {
        let mut wrong = blob.clone();
        wrong[place] ^= 1;
        assert_eq!(sealer().open(CELL, &wrong), None, "byte {place}");
        assert_eq!(sealer().open(CELL, &blob[..place]), None, "cut at {place}");
    }
}

#[test]
fn open_in_another_place_gives_nothing() {
    let blob = sealer().seal(CELL, "canary");
    let others = [
        Cell {
            table: "setting",
            ..CELL
        },
        Cell { row: "r2", ..CELL },
        Cell {
            column: "refresh",
            ..CELL
        },
        Cell {
            generation: 4,
            ..CELL
        },
        Cell {
            bound: "other",
            ..CELL
        },
    ];
    for other in others {
        assert_eq!(sealer().open(other, &blob), None, "{other:?}");
    }
    let foreign = Sealer::new("other", "key", Secret::new([7; 32]), Arc::new(OsRandom));
    assert_eq!(foreign.open(CELL, &blob), None);
    let rotated = Sealer::new("store", "key2", Secret::new([7; 32]), Arc::new(OsRandom));
    assert_eq!(rotated.open(CELL, &blob), None);
}

#[test]
fn framed_never_confuses_field_borders() {
    assert_ne!(framed(&[b"ab", b"c"]), framed(&[b"a", b"bc"]));
    assert_ne!(framed(&[b"", b"a"]), framed(&[b"a", b""]));
}
