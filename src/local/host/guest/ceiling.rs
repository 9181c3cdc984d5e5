//! The memory that all instances of a store may have together.

use wasmtime::ResourceLimiter;

/// Counts linear memory and tables.
pub(super) struct Ceiling {
    bytes: usize,
    taken: usize,
    hit: bool,
}

impl Ceiling {
    /// Of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes, taken: 0, hit: false }
    }

    /// Whether anything was refused.
    pub(super) fn was_hit(&self) -> bool {
        self.hit
    }

    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let taken = self.taken.saturating_add(desired.saturating_sub(current));
        let fits = taken <= self.bytes;
        if fits {
            self.taken = taken;
        } else {
            self.hit = true;
        }
        fits
    }
}

impl ResourceLimiter for Ceiling {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let element = size_of::<usize>();
        Ok(self.grow(current.saturating_mul(element), desired.saturating_mul(element)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_share_one_ceiling() {
        let mut ceiling = Ceiling::new(100);
        assert!(ceiling.memory_growing(0, 60, None).unwrap());
        assert!(ceiling.table_growing(0, 5, None).unwrap(), "five elements of eight bytes");
        assert!(!ceiling.was_hit());
        assert!(!ceiling.memory_growing(60, 61, None).unwrap());
        assert!(ceiling.was_hit());
        assert!(!ceiling.table_growing(5, usize::MAX, None).unwrap(), "and nothing overflows");
    }
}
