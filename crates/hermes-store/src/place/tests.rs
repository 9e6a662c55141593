use super::Place;

fn place(machine: &str, path: &str, device: u64, inode: u64) -> Place {
    Place {
        machine: machine.to_owned(),
        path: path.to_owned(),
        device,
        inode,
    }
}

#[test]
fn is_tells_a_copy_from_a_renamed_folder_and_a_restarted_machine() {
    let noted = place("m", "/home/a", 1, 10);
    let cases = [
        ("the same", place("m", "/home/a", 1, 10), true),
        ("renamed", place("m", "/home/b", 1, 10), true),
        ("another device number", place("m", "/home/a", 2, 10), true),
        ("copied elsewhere", place("m", "/home/b", 1, 11), false),
        ("put back from a copy", place("m", "/home/a", 1, 11), false),
        ("another disk", place("m", "/home/b", 2, 10), false),
        ("another machine", place("n", "/home/a", 1, 10), false),
    ];
    for (name, here, same) in cases {
        assert_eq!(here.is(&noted), same, "{name}");
        assert_eq!(Place::parse(&here.to_text()), Some(here), "{name}");
    }
}
