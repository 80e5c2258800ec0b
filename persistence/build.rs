//! Builds again when a migration changes, because they are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
