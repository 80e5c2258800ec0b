//! Rebuilds the crate if a migration changes, because migrations are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
