//! Whether two request bodies say the same.

use std::hash::{BuildHasher, Hasher as _};

use crate::peek::PeekError;
use crate::scan::{DEPTH_LIMIT, Scan};

/// A number that is the same for bodies that differ only in space and in the order of an object's members: Codex 0.169 shuffles some of
/// them each time it sends a request again. What is no JSON is told apart by its bytes.
pub fn fingerprint(body: &[u8], state: &impl BuildHasher) -> u64 {
    let mut print = Print {
        scan: Scan { body, at: 0 },
        state,
    };
    print.whole().unwrap_or_else(|_| print.hash(b'?', body))
}

struct Print<'a, S> {
    scan: Scan<'a>,
    state: &'a S,
}

impl<S: BuildHasher> Print<'_, S> {
    fn whole(&mut self) -> Result<u64, PeekError> {
        self.scan.space();
        let print = self.value(0)?;
        self.scan.end(print)
    }

    fn value(&mut self, depth: u32) -> Result<u64, PeekError> {
        if depth > DEPTH_LIMIT {
            return Err(PeekError::TooDeep { offset: self.scan.at });
        }
        match self.scan.next() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            _ => {
                let start = self.scan.at;
                self.scan.skip()?;
                Ok(self.hash(b'v', &self.scan.body[start..self.scan.at]))
            }
        }
    }

    /// Members are added up, so that their order does not count.
    fn object(&mut self, depth: u32) -> Result<u64, PeekError> {
        let mut sum = 0_u64;
        self.items(b'}', |print| {
            let key = print.scan.string()?;
            let key = print.hash(b'k', &print.scan.body[key]);
            print.scan.space();
            print.scan.expect(b':', "`:`")?;
            print.scan.space();
            let value = print.value(depth + 1)?;
            sum = sum.wrapping_add(print.pair(key, value));
            Ok(())
        })?;
        Ok(self.pair(u64::from(b'{'), sum))
    }

    fn list(&mut self, depth: u32) -> Result<u64, PeekError> {
        let mut all = u64::from(b'[');
        self.items(b']', |print| {
            let value = print.value(depth + 1)?;
            all = print.pair(all, value);
            Ok(())
        })?;
        Ok(all)
    }

    /// What stands between an opening bracket and this closing one.
    fn items(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), PeekError>,
    ) -> Result<(), PeekError> {
        self.scan.at += 1;
        self.scan.space();
        while self.scan.next() != Some(close) {
            item(self)?;
            self.scan.space();
            match self.scan.next() {
                Some(b',') => {
                    self.scan.at += 1;
                    self.scan.space();
                }
                Some(byte) if byte == close => {}
                _ => return Err(self.scan.malformed("`,` or a closing bracket")),
            }
        }
        self.scan.at += 1;
        Ok(())
    }

    fn hash(&self, kind: u8, bytes: &[u8]) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write_u8(kind);
        hasher.write(bytes);
        hasher.finish()
    }

    fn pair(&self, first: u64, second: u64) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write_u64(first);
        hasher.write_u64(second);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests;
