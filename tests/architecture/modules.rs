//! The modules of `src`, found as the compiler finds them: by their declarations.

use crate::outline::{Declared, Outline};
use crate::source::Tree;

/// A module that has a file.
pub(crate) struct Module {
    /// The file's path from the root of the house.
    pub(crate) file: String,
    /// The module's path; the root's is empty.
    pub(crate) path: Vec<String>,
    /// Whether it exists in tests only.
    pub(crate) in_tests: bool,
    by_path: bool,
}

/// Follows the declarations from `src/lib.rs`; says which files no declaration reaches, and which
/// declarations reach no file.
pub(crate) fn modules(tree: &Tree) -> (Vec<Module>, Vec<String>) {
    let mut found: Vec<Module> = Vec::new();
    let mut offences = Vec::new();
    let root =
        Module { file: "src/lib.rs".to_owned(), path: vec![], in_tests: false, by_path: false };
    let mut ahead = vec![root];
    while let Some(module) = ahead.pop() {
        let Some(source) = tree.get(&module.file) else {
            offences.push(format!("{}: declared and absent", module.file));
            continue;
        };
        for declared in Outline::of(source).declared {
            ahead.push(child(tree, &module, &declared));
        }
        found.push(module);
    }
    for file in tree.keys().filter(|file| file.starts_with("src/") && !is_program(file)) {
        if !found.iter().any(|module| module.file == *file) {
            offences.push(format!("{file}: no declaration reaches this file"));
        }
    }
    (found, offences)
}

/// Whether a file is the root of a program.
pub(crate) fn is_program(file: &str) -> bool {
    file == "src/main.rs" || file.starts_with("src/bin/")
}

fn child(tree: &Tree, parent: &Module, declared: &Declared) -> Module {
    let (folder, name) = parent.file.rsplit_once('/').unwrap_or(("", &parent.file));
    // Where a file's own modules are looked for: the root, `mod.rs` and what an attribute names
    // stand in that folder already.
    let own = match name {
        "lib.rs" | "mod.rs" => folder.to_owned(),
        _ if parent.by_path => folder.to_owned(),
        _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
    };
    let inner = [vec![own], declared.within.clone(), vec![declared.name.clone()]].concat();
    let plain = format!("{}.rs", inner.join("/"));
    let file = match &declared.path {
        Some(path) => format!("{folder}/{path}"),
        None if tree.contains_key(&plain) => plain,
        None => {
            let nested = format!("{}/mod.rs", inner.join("/"));
            if tree.contains_key(&nested) { nested } else { plain }
        }
    };
    let mut path = [parent.path.clone(), declared.within.clone()].concat();
    path.push(declared.name.clone());
    let in_tests = parent.in_tests || declared.in_tests;
    Module { file, path, in_tests, by_path: declared.path.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::planted;

    #[test]
    fn every_shape_of_a_module_is_found() {
        let tree = planted(&[
            ("src/lib.rs", "pub mod a; mod b;"),
            ("src/a.rs", "mod c; #[cfg(test)] mod tests;"),
            ("src/a/c.rs", "#[cfg(test)] #[path = \"c_tests.rs\"] mod tests;"),
            ("src/a/c_tests.rs", "mod more;"),
            ("src/a/more.rs", ""),
            ("src/a/tests.rs", ""),
            ("src/b/mod.rs", "mod d { mod e; }"),
            ("src/b/d/e.rs", ""),
            ("src/main.rs", ""),
            ("src/bin/judge.rs", ""),
        ]);
        let (mut found, offences) = modules(&tree);
        found.sort_by(|one, other| one.file.cmp(&other.file));
        let found: Vec<_> =
            found.iter().map(|one| (&*one.file, one.path.join("::"), one.in_tests)).collect();
        assert_eq!(offences, Vec::<String>::new());
        assert_eq!(
            found,
            [
                ("src/a.rs", "a".to_owned(), false),
                ("src/a/c.rs", "a::c".to_owned(), false),
                ("src/a/c_tests.rs", "a::c::tests".to_owned(), true),
                ("src/a/more.rs", "a::c::tests::more".to_owned(), true),
                ("src/a/tests.rs", "a::tests".to_owned(), true),
                ("src/b/d/e.rs", "b::d::e".to_owned(), false),
                ("src/b/mod.rs", "b".to_owned(), false),
                ("src/lib.rs", String::new(), false),
            ]
        );
    }

    #[test]
    fn a_file_without_a_declaration_and_the_reverse_are_named() {
        let tree = planted(&[("src/lib.rs", "mod a;"), ("src/b.rs", ""), ("src/a/c.rs", "")]);
        let offences = modules(&tree).1;
        assert_eq!(offences.len(), 3);
        assert!(offences.iter().any(|one| one.starts_with("src/a.rs: declared")));
        assert!(offences.iter().any(|one| one.starts_with("src/b.rs: no declaration")));
        assert!(offences.iter().any(|one| one.starts_with("src/a/c.rs: no declaration")));
    }
}
