//! Lists the rows in `providers/`, so that a new provider is a new file and nothing else.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script speaks to cargo through the environment and files"
)]

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=providers");
    let mut names: Vec<String> = std::fs::read_dir("providers")
        .expect("the package has a `providers` folder")
        .map(|entry| entry.expect("the folder can be listed").file_name())
        .map(|name| name.into_string().expect("row files have plain names"))
        .filter(|name| {
            Path::new(name)
                .extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    names.sort();
    let mut rows = String::from("&[\n");
    for name in names {
        writeln!(
            rows,
            "(\"providers/{name}\", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/providers/{name}\"))),"
        )
        .expect("a string takes any text");
    }
    rows.push(']');
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    std::fs::write(Path::new(&folder).join("rows.rs"), rows).expect("OUT_DIR is writable");
}
