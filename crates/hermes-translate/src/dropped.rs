use crate::unsupported::Unsupported;

/// Longest list that goes into a header, bytes.
const HEADER_LIMIT: usize = 1024;

/// What was left out of a translation, as JSON paths in what the sender wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    paths: Vec<String>,
    strict: bool,
}

impl Dropped {
    /// An empty list. With `strict` the first drop of a request is an error.
    pub fn new(strict: bool) -> Self {
        Self {
            paths: Vec::new(),
            strict,
        }
    }

    /// Notes that something was left out; each path once.
    ///
    /// # Errors
    /// When nothing may be left out.
    pub fn add(&mut self, path: impl Into<String>) -> Result<(), Unsupported> {
        let path = path.into();
        if self.strict {
            return Err(Unsupported::strict(&path));
        }
        if !self.paths.contains(&path) {
            self.paths.push(path);
        }
        Ok(())
    }

    /// The paths in the order in which they were met.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The list for a header: paths with commas between, visible ASCII only, 1 KiB at most and then `...`; none when it is empty.
    pub fn header(&self) -> Option<String> {
        header(&self.paths)
    }
}

/// The same for any list of paths.
pub(crate) fn header(paths: &[String]) -> Option<String> {
    let mut text = String::new();
    for path in paths {
        let path: String = path
            .chars()
            .map(|one| {
                if one.is_ascii_graphic() && one != ',' {
                    one
                } else {
                    '?'
                }
            })
            .collect();
        if text.len() + path.len() + 5 > HEADER_LIMIT {
            text.push_str(if text.is_empty() { "..." } else { ",..." });
            break;
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&path);
    }
    (!text.is_empty()).then_some(text)
}
