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

    /// All lists in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl Lists<u32> {
    /// For each of `count` values, the numbers of the lists that hold it, ascending.
    pub(crate) fn invert(&self, count: usize) -> Self {
        let mut starts = vec![0; count + 1];
        for &value in &self.values {
            starts[value as usize + 1] += 1;
        }
        for index in 0..count {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut values = vec![0; self.values.len()];
        for (number, list) in (0u32..).zip(self.iter()) {
            for &value in list {
                let place = &mut next[value as usize];
                values[*place] = number;
                *place += 1;
            }
        }
        Self { starts, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverting_tells_which_lists_hold_a_value() {
        let mut lists = Lists::default();
        lists.push([0, 2]);
        lists.push([]);
        lists.push([2]);
        let inverted = lists.invert(3);
        assert_eq!(inverted.iter().collect::<Vec<_>>(), [&[0][..], &[], &[0, 2]]);
    }
}
