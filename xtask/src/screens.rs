//! The pictures of the dashboard's pages in the documentation.

use anyhow::Result;

use crate::run::{root, run, say};
use crate::test::cargo;
use crate::tools::tools;

/// The tests that look at every page and at the dialog of a login; told where, they make pictures too.
const TESTS: &str = "dashboard::screens::";

/// Makes a picture of every page at three sizes, and of a login at two, light and dark, into `docs/screens`.
pub(crate) fn screens() -> Result<()> {
    let tools = tools()?;
    let folder = root().join("docs/screens");
    fs_err::create_dir_all(&folder)?;
    run(cargo(&tools)
        .args(["test", "--locked", "--package", "hermes", "--test", "walk", "--"])
        .arg(TESTS)
        .env("HERMES_TEST_SCREENS", &folder))?;
    say(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
