//! Reads which modules of a crate use which, from `use` lines and paths in the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Every module with the modules that it uses; the crate's root is the empty name.
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// A path in the code, such as `crate::orders::Order`.
type Segments = Vec<String>;

/// Reads the crate whose sources are in a folder of the workspace. Tests are left out. A name that a module re-exports
/// counts as used from the module that defines it.
pub fn of_crate(folder: &str) -> Uses {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut sources = BTreeMap::new();
    collect(&root, &mut Vec::new(), &mut sources);
    let names: BTreeSet<String> = sources.keys().cloned().collect();
    let mut paths = Vec::new();
    let mut exports = BTreeMap::new();
    for (module, code) in &sources {
        for (is_export, path) in paths_of(code) {
            let Some(path) = absolute(module, &path, &names) else { continue };
            match path.split_last() {
                Some((name, _)) if is_export => {
                    exports.insert((module.clone(), name.clone()), path.clone());
                }
                _ => paths.push((module.clone(), path)),
            }
        }
    }
    let mut uses: Uses = names.iter().map(|name| (name.clone(), BTreeSet::new())).collect();
    for (module, path) in paths {
        let target = definition(path, &names, &exports);
        if target != module {
            uses.entry(module).or_default().insert(target);
        }
    }
    uses
}

fn collect(folder: &Path, module: &mut Segments, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if stem.contains("tests") {
            continue;
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let is_root = matches!(stem.as_str(), "lib" | "mod");
        if !is_root {
            module.push(stem);
        }
        if path.is_dir() {
            collect(&path, module, sources);
        } else if is_rust {
            sources.insert(module.join("::"), code_of(&fs::read_to_string(&path).unwrap()));
        }
        if !is_root {
            module.pop();
        }
    }
}

/// The text without comments and without the tests at its end.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path in the code, and whether it is a re-export.
fn paths_of(code: &str) -> Vec<(bool, Segments)> {
    let mut paths = Vec::new();
    let mut rest = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let Some((visibility, first)) = use_line(line) else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut statement = first.to_owned();
        while !statement.contains(';') {
            let Some(line) = lines.next() else { break };
            statement.push_str(line);
        }
        let tree = statement.split(';').next().unwrap_or_default().to_owned();
        paths.extend(expand(&tree).into_iter().map(|path| (visibility, path)));
    }
    paths.extend(inline_paths(&rest).into_iter().map(|path| (false, path)));
    paths
}

/// Parses the start of a `use` item: true for a re-export, and the named path; none if the line starts no `use`.
fn use_line(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    match line.strip_prefix("use ") {
        Some(tree) => Some((false, tree)),
        None if line.starts_with("pub") => line.split_once(" use ").map(|(_, tree)| (true, tree)),
        None => None,
    }
}

/// The paths of a use tree: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn expand(tree: &str) -> Vec<Segments> {
    let Some((prefix, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![segments(path)];
    };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let prefix = segments(prefix);
    let mut branches = vec![String::new()];
    let mut depth = 0_usize;
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(String::new());
                continue;
            }
            _ => {}
        }
        branches.last_mut().unwrap().push(letter);
    }
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty()).flat_map(|branch| expand(branch));
    branches.map(|branch| [prefix.clone(), branch].concat()).collect()
}

fn segments(path: &str) -> Segments {
    path.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

/// Paths from `crate` or `super` outside of `use` lines.
fn inline_paths(code: &str) -> Vec<Segments> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
    code.split(|letter: char| !is_part(letter))
        .filter(|word| word.starts_with("crate::") || word.starts_with("super::"))
        .map(segments)
        .collect()
}

/// The path from the crate's root; none for paths into other crates.
fn absolute(module: &str, path: &[String], names: &BTreeSet<String>) -> Option<Segments> {
    let own = segments(module);
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([own, rest.to_vec()].concat()),
        "super" => {
            let up = path.iter().take_while(|segment| *segment == "super").count();
            let parent = own.get(..own.len().checked_sub(up)?)?.to_vec();
            Some([parent, path.get(up..)?.to_vec()].concat())
        }
        child => {
            let child = [own.clone(), vec![child.to_owned()]].concat().join("::");
            names.contains(&child).then(|| [own, path.to_vec()].concat())
        }
    }
}

/// The module that defines what a path names: the longest prefix that is a module, through its re-exports.
fn definition(mut path: Segments, names: &BTreeSet<String>, exports: &BTreeMap<(String, String), Segments>) -> String {
    // A cycle of re-exports does not compile, but it must not hang this test.
    for _ in 0..10 {
        let length = (0..=path.len()).rev().find(|length| names.contains(&path[..*length].join("::"))).unwrap_or(0);
        let module = path[..length].join("::");
        let Some(name) = path.get(length) else { return module };
        let Some(target) = exports.get(&(module.clone(), name.clone())) else { return module };
        path = [target.clone(), path[length + 1..].to_vec()].concat();
    }
    path.join("::")
}

#[test]
fn use_trees_are_expanded_and_resolved() {
    let paths = |code: &str| -> Vec<String> { paths_of(code).into_iter().map(|(_, path)| path.join("::")).collect() };
    assert_eq!(paths("use crate::{\n    a,\n    b::{c, d as e},\n};"), ["crate::a", "crate::b::c", "crate::b::d"]);
    assert_eq!(paths("pub(crate) use self::x::Y;\nfn f() { crate::z::g() }"), ["self::x::Y", "crate::z::g"]);
    let names = BTreeSet::from([String::new(), "a".to_owned(), "a::b".to_owned()]);
    assert_eq!(absolute("a::b", &segments("super::C"), &names), Some(segments("a::C")));
    let exports = BTreeMap::from([(("a".to_owned(), "C".to_owned()), segments("a::b::C"))]);
    assert_eq!(definition(segments("a::C"), &names, &exports), "a::b");
}
