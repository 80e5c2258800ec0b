use std::{fs, path::Path};

use super::*;

fn names(index: &SearchIndex) -> Vec<u128> {
    numbers(&index.find(&query()).unwrap())
}

#[test]
fn a_commit_is_durable_with_its_position() {
    let root = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(root.path()).unwrap();
    assert_eq!(index.position().unwrap(), None);
    index.apply(&put([product(1, "A"), product(2, "B")])).unwrap();
    index.commit(Some(41)).unwrap();
    index.merge().unwrap();
    index.release().unwrap();
    index.apply(&put([product(3, "C")])).unwrap();
    drop(index);
    let again = SearchIndex::open(root.path()).unwrap();
    assert_eq!(again.position().unwrap(), Some(41));
    assert_eq!(names(&again), [1, 2]);
}

#[test]
fn an_index_of_another_shop_is_ignored() {
    let root = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(root.path()).unwrap();
    index.belong_to("one shop".to_owned());
    index.apply(&put([product(1, "A")])).unwrap();
    index.commit(Some(41)).unwrap();
    drop(index);
    for (owner, position) in [("another shop", None), ("one shop", Some(41))] {
        let again = SearchIndex::open(root.path()).unwrap();
        again.belong_to(owner.to_owned());
        assert_eq!(again.position().unwrap(), position, "{owner}");
    }
}

#[test]
fn each_process_of_a_machine_has_its_own_index() {
    let root = tempfile::tempdir().unwrap();
    let a = SearchIndex::open(root.path()).unwrap();
    let b = SearchIndex::open(root.path()).unwrap();
    a.apply(&put([product(1, "A")])).unwrap();
    a.commit(Some(7)).unwrap();
    b.apply(&put([product(2, "B")])).unwrap();
    b.commit(Some(8)).unwrap();
    assert_eq!((names(&a), names(&b)), (vec![1], vec![2]));
    drop(a);
    let c = SearchIndex::open(root.path()).unwrap();
    assert_eq!((c.position().unwrap(), names(&c)), (Some(7), vec![1]));
}

#[test]
fn a_damaged_index_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(root.path()).unwrap();
    index.apply(&put([product(1, "A")])).unwrap();
    index.commit(Some(7)).unwrap();
    drop(index);
    let is_data = |name: &str| {
        !name.starts_with('.') && Path::new(name).extension().is_some_and(|kind| kind != "json" && kind != "lock")
    };
    for file in fs::read_dir(root.path().join("0")).unwrap().map(|file| file.unwrap().path()) {
        if is_data(file.file_name().unwrap().to_str().unwrap()) {
            let mut bytes = fs::read(&file).unwrap();
            bytes[0] ^= 0xFF;
            fs::write(&file, bytes).unwrap();
        }
    }
    let again = SearchIndex::open(root.path()).unwrap();
    assert_eq!((again.position().unwrap(), again.len()), (None, 0));
    again.apply(&put([product(2, "B")])).unwrap();
    again.commit(Some(8)).unwrap();
    assert_eq!(names(&again), [2]);
}

#[test]
fn a_write_without_changes_is_skipped() {
    let index = index_of([product(1, "A")]);
    assert_eq!(index.apply(&put([product(1, "A")])).unwrap(), 0);
    assert_eq!(index.apply(&[Change::Remove(product_id(9))]).unwrap(), 0);
    // Uncommitted changes count too: the last write wins.
    assert_eq!(index.apply(&put([product(1, "B"), product(1, "A")])).unwrap(), 2);
    index.commit(None).unwrap();
    assert_eq!((names(&index), index.len()), (vec![1], 1));
    assert_eq!(index.apply(&put([product(1, "A")])).unwrap(), 0);
}

#[test]
fn a_rebuild_is_invisible_until_committed() {
    let index = index_of([product(1, "A"), product(2, "B")]);
    let generation = index.generation();
    index.clear().unwrap();
    index.apply(&put([product(2, "B"), product(3, "C"), product(3, "D")])).unwrap();
    assert_eq!((names(&index), index.generation()), (vec![1, 2], generation));
    index.commit(Some(2)).unwrap();
    assert_eq!((names(&index), index.len()), (vec![2, 3], 2));
    assert!(index.generation() > generation);
    index.clear().unwrap();
    index.roll_back();
    index.apply(&put([product(4, "E")])).unwrap();
    index.commit(Some(3)).unwrap();
    assert_eq!(names(&index), [2, 3, 4]);
}
