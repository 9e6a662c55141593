use std::fmt;

use unicode_width::UnicodeWidthStr as _;

use crate::safe::term_line;

/// Aligned columns, two spaces apart. Cells are made safe for a terminal; the style of a cell is applied after it was padded.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    text: String,
    style: owo_colors::Style,
}

impl Cell {
    /// A cell in a style.
    pub(crate) fn styled(text: impl AsRef<str>, style: owo_colors::Style) -> Self {
        Self {
            text: term_line(text.as_ref()),
            style,
        }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, owo_colors::Style::new())
    }
}

impl Table {
    /// A table whose first row names the columns.
    pub(crate) fn with_head<const N: usize>(names: [&str; N]) -> Self {
        let head = names.map(|name| Cell::styled(name, owo_colors::Style::new().dimmed()));
        Self {
            rows: vec![head.to_vec()],
        }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.to_vec());
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(Cell::width)
                .max()
        };
        (0..columns).map(|column| width(column).unwrap_or(0)).collect()
    }
}

impl Cell {
    fn width(&self) -> usize {
        self.text.width()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
            for (column, cell) in row.iter().enumerate().take(last + 1) {
                write!(f, "{}", cell.style.style(&cell.text))?;
                if column < last {
                    write!(f, "{:gap$}", "", gap = widths[column] - cell.width() + 2)?;
                }
            }
        }
        Ok(())
    }
}
