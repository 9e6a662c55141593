use pretty_assertions::assert_eq;
use rstest::rstest;

use super::kit::kit;
use crate::PoolError;

#[rstest]
#[case("work", Some("minimax-oauth:work"))]
#[case(" work ", Some("minimax-oauth:work"))]
#[case("minimax-oauth:work", Some("minimax-oauth:work"))]
// The label `1` wins over the first place.
#[case("minimax-oauth:1", Some("minimax-oauth:1"))]
#[case("minimax-oauth:2", Some("minimax-oauth:1"))]
#[case("minimax-oauth:3", Some("minimax-oauth:shared"))]
#[case("MiniMax_OAuth:3", Some("minimax-oauth:shared"))]
#[case("1", Some("minimax-oauth:1"))]
#[case("deepseek", Some("deepseek:shared"))]
#[case("deepseek:1", Some("deepseek:shared"))]
#[case("minimax-oauth:shared", Some("minimax-oauth:shared"))]
#[case("minimax-oauth:0", None)]
#[case("minimax-oauth:9", None)]
#[case("minimax-oauth:18446744073709551616", None)]
#[case("minimax-oauth:-1", None)]
#[case("minimax-oauth:", None)]
#[case("minimax-oauth", None)]
#[case("shared", None)]
#[case("nobody", None)]
#[case("01", None)]
#[case("", None)]
#[case(":", None)]
#[tokio::test]
async fn target_is_found(#[case] target: &str, #[case] expected: Option<&str>) {
    let kit = kit().await;
    for label in ["work", "1", "shared"] {
        kit.login(label).await;
    }
    kit.key("shared").await;
    let found = kit.pool.find(target).ok();
    let found = found.map(|view| format!("{}:{}", view.credential.provider, view.credential.label));
    assert_eq!(found.as_deref(), expected);
}

#[tokio::test]
async fn target_by_id_or_its_beginning_is_found() {
    let kit = kit().await;
    let row = kit.login("work").await;
    let whole = row.id.to_string();
    for target in [
        whole.as_str(),
        &whole[..13],
        &row.id.simple()[..12],
        &whole.to_uppercase()[..9],
    ] {
        assert_eq!(kit.pool.find(target).unwrap().credential.id, row.id, "{target}");
    }
}

#[tokio::test]
async fn ambiguous_target_lists_the_matches() {
    let kit = kit().await;
    kit.login("same").await;
    kit.key("same").await;
    let error = kit.pool.find("same").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`same` names several logins: `deepseek:same`, `minimax-oauth:same`"
    );
    assert!(matches!(
        kit.pool.find("anthropic"),
        Err(PoolError::NoLogin { .. })
    ));
}
