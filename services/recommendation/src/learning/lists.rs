/// Many lists in one allocation.
#[derive(Debug, Clone)]
pub(crate) struct Lists<T> {
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], values: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Adds a list at the end.
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.values.extend(list);
        self.starts.push(self.values.len());
    }

    /// The list of this number, empty if there is none.
    pub(crate) fn get(&self, index: usize) -> &[T] {
        match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(&start), Some(&end)) => &self.values[start..end],
            _ => &[],
        }
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether all of them are empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_not_there_is_empty() {
        let mut lists = Lists::default();
        assert!(lists.is_empty());
        lists.push([0, 2]);
        lists.push([]);
        assert_eq!((lists.get(0), lists.get(1), lists.get(2)), (&[0, 2][..], &[][..], &[][..]));
        assert_eq!(lists.len(), 2);
    }
}
