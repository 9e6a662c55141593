//! The pictures of the dashboard's pages in the documentation.

use anyhow::Result;

use crate::run::{root, run, say};
use crate::test::cargo;
use crate::tools::tools;

/// The test that looks at every page; told where, it makes pictures too.
const TEST: &str = "dashboard::screens::every_page_fits_every_window";

/// Makes a picture of every page at three sizes, light and dark, into `docs/screens`.
pub(crate) fn screens() -> Result<()> {
    let tools = tools()?;
    let folder = root().join("docs/screens");
    fs_err::create_dir_all(&folder)?;
    run(cargo(&tools)
        .args(["test", "--locked", "--package", "hermes", "--test", "walk", "--"])
        .args(["--exact", TEST])
        .env("HERMES_TEST_SCREENS", &folder))?;
    say(&format!("the pictures are in {}", folder.display()));
    Ok(())
}
