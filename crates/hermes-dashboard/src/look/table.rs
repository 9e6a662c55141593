use maud::{Markup, html};

/// A table that becomes a stack of cards on a narrow screen. Roles are written out because changed `display` takes them away.
#[derive(Debug)]
pub struct Table<'a> {
    /// What it lists, for screen readers.
    pub caption: &'a str,
    /// Heads, left to right, with whether the column holds numbers.
    pub heads: Vec<(&'a str, bool)>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug)]
pub struct Cell(pub Markup);

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(html! { (text.as_ref()) })
    }
}

impl Table<'_> {
    /// Draws it.
    pub fn render(&self) -> Markup {
        html! {
            table class="table" role="table" {
                caption class="hidden" { (self.caption) }
                (self.head())
                tbody role="rowgroup" {
                    @for row in &self.rows { (self.row(row)) }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            thead role="rowgroup" {
                tr role="row" {
                    @for (name, number) in &self.heads {
                        th role="columnheader" scope="col" class=[number.then_some("number")] { (name) }
                    }
                }
            }
        }
    }

    fn row(&self, row: &[Cell]) -> Markup {
        html! {
            tr role="row" {
                @for (cell, (name, number)) in row.iter().zip(&self.heads) {
                    td role="cell" class=[number.then_some("number")] data-label=(name) { (cell.0) }
                }
            }
        }
    }
}
