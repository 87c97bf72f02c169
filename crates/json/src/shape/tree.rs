//! The dotted paths of `allow` and `deny` as a tree.

/// Keys and what to do below them, sorted by length, then bytes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    branches: Vec<(Box<[u8]>, Branch)>,
}

/// What a path says about a key.
#[derive(Debug)]
pub(super) enum Branch {
    /// A path ends here: the whole value is meant.
    Leaf,
    /// Paths lead on.
    Deeper(Tree),
}

// === impl Tree ===

impl Tree {
    /// The tree of an `allow` list. The last writer wins: `a` behind `a.b` widens, `a.b` behind `a` narrows.
    pub(super) fn allow(paths: &[String]) -> Self {
        let mut root = Self::default();
        for path in paths {
            let mut tree = &mut root;
            let (parents, leaf) = split(path);
            for key in parents.into_iter().flat_map(|parents| parents.split('.')) {
                let branch = tree.branch(key, || Branch::Deeper(Self::default()));
                if matches!(branch, Branch::Leaf) {
                    *branch = Branch::Deeper(Self::default());
                }
                let Branch::Deeper(deeper) = branch else { return root };
                tree = deeper;
            }
            *tree.branch(leaf, || Branch::Leaf) = Branch::Leaf;
        }
        root
    }

    /// The tree of a `deny` list. Parents win over what is below them, in any order.
    pub(super) fn deny(paths: &[String]) -> Self {
        let mut root = Self::default();
        'paths: for path in paths {
            let mut tree = &mut root;
            let (parents, leaf) = split(path);
            for key in parents.into_iter().flat_map(|parents| parents.split('.')) {
                match tree.branch(key, || Branch::Deeper(Self::default())) {
                    Branch::Leaf => continue 'paths,
                    Branch::Deeper(deeper) => tree = deeper,
                }
            }
            *tree.branch(leaf, || Branch::Leaf) = Branch::Leaf;
        }
        root
    }

    fn branch(&mut self, key: &str, new: impl FnOnce() -> Branch) -> &mut Branch {
        let at = match self.position(key.as_bytes()) {
            Ok(at) => at,
            Err(at) => {
                self.branches.insert(at, (key.as_bytes().into(), new()));
                at
            }
        };
        &mut self.branches[at].1
    }

    fn position(&self, key: &[u8]) -> Result<usize, usize> {
        self.branches.binary_search_by(|(other, _)| (other.len(), &**other).cmp(&(key.len(), key)))
    }

    /// What the paths say about `key`.
    #[inline]
    pub(super) fn get(&self, key: &[u8]) -> Option<&Branch> {
        self.position(key).ok().and_then(|at| self.branches.get(at)).map(|(_, branch)| branch)
    }
}

fn split(path: &str) -> (Option<&str>, &str) {
    path.rsplit_once('.').map_or((None, path), |(parents, leaf)| (Some(parents), leaf))
}
