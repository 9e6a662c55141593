use super::ahead_permille;

fn turned(names: &[&str], first: usize) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    names.rotate_left(first);
    names
}

#[test]
fn ahead_permille_lets_exactly_one_node_go_first() {
    let nodes = ["a", "b", "c", "d"];
    let mut firsts = [0; 4];
    for number in 0..200 {
        let credential = format!("credential-{number}");
        let ahead: Vec<u32> = (0..4)
            .map(|node| ahead_permille(&turned(&nodes, node), &credential))
            .collect();
        assert!(ahead.iter().all(|one| (800..=1200).contains(one)), "{ahead:?}");
        let leaders: Vec<usize> = (0..4).filter(|node| ahead[*node] == 1200).collect();
        assert_eq!(leaders.len(), 1, "{ahead:?}");
        firsts[leaders[0]] += 1;
    }
    assert!(firsts.iter().all(|count| *count > 20), "{firsts:?}");
}

#[test]
fn ahead_permille_alone_goes_first_and_without_a_name_is_as_usual() {
    assert_eq!(ahead_permille(&["a".to_owned()], "x"), 1200);
    assert_eq!(ahead_permille(&[], "x"), 1000);
}
